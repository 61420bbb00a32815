namespace SiDT.Tests.Runtime;

/// <summary>Files that lie beside a checkout or in it; tests that need missing ones are skipped.</summary>
internal static class SharedFolder
{
    /// <summary>The folder or file <paramref name="relative"/> under a folder <c>shared</c> around the repository; null if there is none.</summary>
    public static string? Find(string relative) => Up(Path.Combine("shared", relative));

    /// <summary>A file of this repository.</summary>
    public static string Repository(string relative) =>
        Up(relative) ?? throw new FileNotFoundException($"'{relative}' is not in the repository");

    private static string? Up(string relative)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, relative);
            if (Path.Exists(path))
                return path;
        }
        return null;
    }
}
