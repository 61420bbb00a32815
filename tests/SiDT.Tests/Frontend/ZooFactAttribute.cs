using Xunit;

namespace SiDT.Tests.Frontend;

/// <summary>A test over the graphs in <c>shared/zoo</c> beside the repository; skipped where that folder is missing.</summary>
internal sealed class ZooFactAttribute : FactAttribute
{
    public ZooFactAttribute()
    {
        if (Folder is null)
            Skip = "there is no folder shared/zoo beside the repository";
    }

    public static string? Folder { get; } = Find();

    public static string[] Graphs => [.. Directory.EnumerateFiles(Folder!, "*.onnx").Order(StringComparer.Ordinal)];

    private static string? Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string zoo = Path.Combine(at.FullName, "shared", "zoo");
            if (Directory.Exists(zoo))
                return zoo;
        }
        return null;
    }
}
