namespace SiDT.Runtime;

/// <summary>Files for what does not fit into memory.</summary>
public static class ScratchFile
{
    /// <summary>An empty file among the temporary ones, which is gone when it is closed.</summary>
    /// <param name="kind">What it holds: the end of its name.</param>
    public static FileStream Create(string kind) => new(
        Path.Combine(Path.GetTempPath(), $"sidt-{Guid.NewGuid():N}.{kind}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
}
