using System.Reflection;
using SiDT.Tests.Cli;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Packaging;

public sealed class LibraryTests
{
    [Fact]
    public async Task The_example_of_the_documents_prunes_a_model()
    {
        using var folder = new TemporaryFolder();
        double left = await LibraryExample.Run(Repository.Model, folder["small.onnx"], CancellationToken.None);
        Assert.InRange(left, 0.55, 0.62);
    }

    [Fact]
    public void The_example_is_the_one_in_the_documents()
    {
        string[] code = [.. File.ReadAllLines(Repository.Of("tests/SiDT.Tests/Packaging/LibraryExample.cs")).SkipWhile(l => l.Trim() != "// example").Skip(1).TakeWhile(l => l.Trim() != "// end").Select(l => l.Trim())];
        string[] page = [.. File.ReadAllLines(Repository.Of("docs/library.md")).Select(l => l.Trim())];
        Assert.Contains(string.Join('\n', code), string.Join('\n', page));
    }

    [Fact]
    public async Task Work_that_is_cancelled_ends_with_that()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        using var folder = new TemporaryFolder();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LibraryExample.Run(Repository.Model, folder["small.onnx"], cancel.Token));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void What_the_library_offers_is_as_it_was_reviewed() => GoldenFile.Check("library.txt", Surface());

    /// <summary>The methods, and every public member of our types that they lead to.</summary>
    private static string Surface()
    {
        var seen = new HashSet<Type>();
        var open = new Queue<Type>([typeof(ModelCompiler)]);
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out Type? type))
        {
            if (!seen.Add(type))
                continue;
            lines.Add($"{NameOf(type)}{(type.IsEnum ? $" = {string.Join(" | ", Enum.GetNames(type))}" : "")}");
            // of what is deep inside the name is enough: a model is read and handed on
            if (type != typeof(ModelCompiler) && type.Namespace is not ("SiDT.Backend.Compilation" or "SiDT.Backend.Diff" or "SiDT.Passes.Planning" or "SiDT.Runtime" or "SiDT.Backend.Reporting"))
                continue;
            foreach (MemberInfo member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            {
                (string? text, Type[] leads) = member switch
                {
                    MethodInfo { IsSpecialName: false } m when !m.Name.Contains('<') && m.Name is not ("Equals" or "GetHashCode" or "ToString" or "Deconstruct" or "PrintMembers") =>
                        ($"{m.Name}({string.Join(", ", m.GetParameters().Select(p => $"{NameOf(p.ParameterType)} {p.Name}"))}): {NameOf(m.ReturnType)}", [m.ReturnType, .. m.GetParameters().Select(p => p.ParameterType)]),
                    PropertyInfo p when p.Name != "EqualityContract" => ($"{p.Name}: {NameOf(p.PropertyType)}", [p.PropertyType]),
                    _ => ((string?)null, Type.EmptyTypes),
                };
                if (text is null)
                    continue;
                lines.Add($"{NameOf(type)}.{text}");
                foreach (Type next in leads.SelectMany(Parts).Where(t => t.Namespace?.StartsWith("SiDT", StringComparison.Ordinal) == true))
                    open.Enqueue(next);
            }
        }
        return string.Join('\n', lines) + "\n";
    }

    private static IEnumerable<Type> Parts(Type type) => type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts) : type.IsArray ? Parts(type.GetElementType()!) : [type];

    private static string NameOf(Type type) => type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : type.Name;
}
