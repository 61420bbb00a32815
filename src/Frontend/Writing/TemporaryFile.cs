namespace SiDT.Frontend.Writing;

/// <summary>A file beside its target that takes the target's place when it is complete, and vanishes if it never is.</summary>
public sealed class TemporaryFile : IDisposable
{
    private readonly string _target;
    private readonly string _path;
    private EagerStream? _stream;
    private string? _backup;
    private bool _placed;

    public TemporaryFile(string target)
    {
        _target = target;
        _path = Beside("tmp");
        _stream = new EagerStream(new FileStream(_path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
    }

    public Stream Stream => Open;

    private EagerStream Open => _stream ?? throw new ObjectDisposedException(_path);

    /// <summary>Flushes everything to the disk; nothing can be written after that.</summary>
    public void Complete()
    {
        Open.Complete();
        Open.Dispose();
        _stream = null;
    }

    /// <summary>Takes the target's place. Where <paramref name="revocable"/>, what was there is kept aside until the end.</summary>
    public void Place(bool revocable = false)
    {
        if (revocable && File.Exists(_target))
        {
            string backup = Beside("old");
            File.Move(_target, backup);
            _backup = backup;
        }
        File.Move(_path, _target, overwrite: true);
        _placed = true;
    }

    /// <summary>Puts back what was there before <see cref="Place"/>.</summary>
    public void Revoke()
    {
        if (_placed)
            File.Delete(_target);
        if (_backup is not null)
            File.Move(_backup, _target, overwrite: true);
        _backup = null;
    }

    public void Dispose()
    {
        try
        {
            _stream?.Dispose();
        }
        catch (IOException)
        {
            // A disk that is full says so again when the stream is closed.
        }
        if (!_placed)
            File.Delete(_path);
        if (_backup is not null)
            File.Delete(_backup);
    }

    private string Beside(string ending) =>
        Path.Combine(Path.GetDirectoryName(_target)!, $".{Path.GetFileName(_target)}.{Guid.NewGuid():N}.{ending}");
}
