using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;

namespace SiDT.Backend.Outputs;

/// <summary>Several files on their way to one folder: all are complete beside their places before the first takes its own; all arrive, or none.</summary>
internal sealed class FileSet : IDisposable
{
    private readonly string _folder;
    private readonly DirectoryInfo _waiting;
    private readonly List<(string Target, string? Backup)> _placed = [];
    private bool _done;

    /// <param name="folder">Where the files go.</param>
    /// <exception cref="OutputError">Nothing can be written there.</exception>
    public FileSet(string folder)
    {
        _folder = Path.GetFullPath(folder.Length == 0 ? "." : folder);
        _waiting = Guarded(() => Directory.CreateDirectory(Path.Combine(_folder, $".sidt-{Guid.NewGuid():N}")));
    }

    /// <summary>Where a file is to be written until it takes its place.</summary>
    public string Waiting(string target) => Path.Combine(_waiting.FullName, Path.GetFileName(target));

    /// <summary>Moves all files to their places.</summary>
    /// <exception cref="OutputError">One of them cannot be placed; what was there before is there again.</exception>
    public void Place() => Guarded(() =>
    {
        foreach (FileInfo file in _waiting.GetFiles().OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            string target = RealPath.Of(Path.Combine(_folder, file.Name));
            string? backup = File.Exists(target) ? Path.Combine(_waiting.FullName, $"{file.Name}.old") : null;
            if (backup is not null)
                File.Move(target, backup);
            _placed.Add((target, backup));
            File.Move(file.FullName, target);
        }
        return _done = true;
    });

    public void Dispose()
    {
        if (!_done)
        {
            foreach ((string target, string? backup) in _placed)
            {
                File.Delete(target);
                if (backup is not null)
                    File.Move(backup, target);
            }
        }
        if (_waiting.Exists)
            _waiting.Delete(recursive: true);
    }

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new OutputError($"'{_folder}' cannot be written to ({e.Message.TrimEnd('.')}); check its permissions and the space on the disk", e);
        }
    }
}
