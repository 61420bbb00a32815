namespace SiDT.Tests.Runtime;

/// <summary>A folder that goes when the test is over.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sidt-test-");

    public string Path => _folder.FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, making the folders to it, and returns its path.</summary>
    public string Write(string name, byte[] content)
    {
        string path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public void Dispose() => _folder.Delete(recursive: true);
}
