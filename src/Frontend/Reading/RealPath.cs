namespace SiDT.Frontend.Reading;

/// <summary>Paths with every symbolic link followed.</summary>
public static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The path without links, wherever it leads; parts that do not exist are kept as they are.</summary>
    /// <exception cref="IOException">The links go in circles.</exception>
    public static string Of(string path)
    {
        int links = 0;
        string full = Path.GetFullPath(path);
        string root = Path.GetPathRoot(full)!;
        var open = new Stack<string>(Parts(full[root.Length..]).Reverse());
        string real = root;
        while (open.TryPop(out string? part))
        {
            if (part == ".")
                continue;
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? root;
                continue;
            }
            string next = Path.Combine(real, part);
            string? target = new FileInfo(next).LinkTarget;
            if (target is null)
            {
                real = next;
                continue;
            }
            if (++links > MostLinks)
                throw new IOException($"the symbolic links of '{path}' go in circles");
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(target)!;
            foreach (string piece in Parts(target[(Path.GetPathRoot(target)?.Length ?? 0)..]).Reverse())
                open.Push(piece);
        }
        return real;
    }

    /// <summary>Whether a path without links lies below a folder without links.</summary>
    public static bool IsInside(string path, string folder) =>
        path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string[] Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
