using System.Globalization;
using SiDT.Backend.Hook.Expressions;

namespace SiDT.Backend.Hook.Writing;

/// <summary>
/// Which sizes of a class its constructor takes: those that are equal in every instance are one argument, and what is a product of
/// others (heads times their width) is written as such.
/// </summary>
internal static class SizeArguments
{
    private static readonly string[] s_fixed = ["size", "start", "height"];

    /// <summary>Decides the arguments of a class; those of the classes inside are decided already.</summary>
    public static void Decide(ModuleClass c, bool isRoot)
    {
        if (isRoot)
            return;
        List<Width>[] slots = [.. c.Instances.Select(Slots)];
        var arguments = new List<SizeArgument>();
        var names = new HashSet<string>(c.Instances[0].Fields.Select(f => f.Name), StringComparer.Ordinal) { "x", "b", "n", "h", "w", "q", "k", "v" };
        var groups = Enumerable.Range(0, slots[0].Count)
            .Select(i => (At: i, Role: slots[0][i].Role, Values: slots.Select(s => s[i].Value).ToArray()))
            .Where(s => !(s.Values.All(v => v == s.Values[0]) && (s_fixed.Contains(s.Role) || s.Values[0] == 1)))
            .GroupBy(s => (string.Join(',', s.Values), Kind(s.Role)));
        foreach (var group in groups.OrderBy(g => g.First().Role == "dim" ? 0 : 1).ThenBy(g => Order(g.Key.Item2)).ThenBy(g => g.First().At))
        {
            string[] roles = [.. group.OrderBy(s => s.At).Select(s => s.Role)];
            long[] values = group.First().Values;
            if (Kind(roles[0]) == "" && Express(values, arguments) is not null)
                continue;
            // heads of one class may have the size of another thing by chance, but a class takes a size once
            if (arguments.Any(a => a.Values.SequenceEqual(values) && (Kind(a.Role) == group.Key.Item2)))
                continue;
            string wish = roles[0] == "heads" && names.Contains("heads") ? "kvHeads" : Kind(roles[0]) is { Length: > 0 } kind ? kind : roles[0] switch
            {
                "width" when roles.Contains("dim") || roles.Contains("channels") => "hidden",
                "width" => arguments.Any(a => a.Name == "dim") ? "outputs" : "dim",
                var role => role,
            };
            arguments.Add(new SizeArgument(Identifiers.Unique(Identifiers.Of(wish), names), roles[0], values));
        }
        c.Arguments = arguments;
    }

    /// <summary>A size of one instance as text.</summary>
    /// <param name="c">The class around it.</param>
    /// <param name="slot">Which size, counted through constructor and forward.</param>
    /// <param name="isRoot">Whether the class takes no sizes.</param>
    public static string Text(ModuleClass c, int slot, bool isRoot)
    {
        List<Width>[] slots = [.. c.Instances.Select(Slots)];
        long[] values = [.. slots.Select(s => s[slot].Value)];
        string role = slots[0][slot].Role;
        if (!isRoot && !(values.All(v => v == values[0]) && (s_fixed.Contains(role) || values[0] == 1)))
        {
            if (c.Arguments.FirstOrDefault(a => a.Values.SequenceEqual(values) && Kind(a.Role) == Kind(role)) is { } own)
                return own.Name;
            if (Express(values, c.Arguments) is { } product)
                return product;
        }
        return values[0].ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>All sizes of an instance, those of modules inside too.</summary>
    public static List<Width> Slots(ModuleText text)
    {
        var slots = new List<Width>();
        foreach (Piece piece in text.Constructor.Concat(text.Forward).SelectMany(l => l))
            slots.AddRange(Slots(piece));
        return slots;
    }

    /// <summary>Sizes that one piece holds.</summary>
    public static IEnumerable<Width> Slots(Piece piece) => piece switch
    {
        Width width => [width],
        NewModule module => module.Class.Arguments.Select(a => new Width(a.Values[module.Instance], a.Role == "width" && a.Name == "hidden" ? "hidden" : a.Role)),
        NewModules list => list.Elements.SelectMany(Slots),
        _ => [],
    };

    private static string Kind(string role) => role is "heads" or "headWidth" or "hidden" or "groups" ? role : "";

    private static int Order(string kind) => kind switch { "heads" => 1, "headWidth" => 2, "" => 3, _ => 2 };

    private static string? Express(long[] values, IReadOnlyList<SizeArgument> arguments)
    {
        SizeArgument? dim = arguments.FirstOrDefault(a => a.Role == "dim"), hidden = arguments.FirstOrDefault(a => a.Name == "hidden");
        bool Is(Func<int, long> size) => Enumerable.Range(0, values.Length).All(i => values[i] == size(i));
        if (dim is not null)
        {
            foreach (int times in new[] { 2, 3, 6 })
            {
                if (Is(i => times * dim.Values[i]))
                    return $"{times} * {dim.Name}";
            }
        }
        // plain products before multiples
        foreach (int times in new[] { 1, 2, 3 })
        {
            foreach (SizeArgument heads in arguments.Where(a => a.Role == "heads"))
            {
                foreach (SizeArgument width in arguments.Where(a => a.Role == "headWidth"))
                {
                    if (Is(i => times * heads.Values[i] * width.Values[i]))
                        return times == 1 ? $"{heads.Name} * {width.Name}" : $"{times} * {heads.Name} * {width.Name}";
                }
            }
        }
        return hidden is not null && Is(i => 2 * hidden.Values[i]) ? $"2 * {hidden.Name}" : null;
    }
}
