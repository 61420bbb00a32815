using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Streams;

/// <summary>
/// Activations of many batches: in memory as long as there is room, the others in a temporary file, so that memory does not depend on their number.
/// The file is gone when the store is disposed.
/// </summary>
/// <param name="memory">The room, which stores may share.</param>
internal sealed class ActivationStore(ActivationMemory memory) : IDisposable
{
    private readonly Dictionary<(string Name, int Batch), Entry> _entries = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<(long Start, long Length)> _free = [];
    private FileStream? _file;
    private long _end;

    // of an array in memory, or of its place in the file
    private sealed record Entry(Tensor? Held, ElementType Type, long[] Dims, long Start, long Length);

    public void Write(string name, int batch, Tensor tensor)
    {
        Drop(name, batch);
        _names.Add(name);
        if (memory.Hold(tensor))
        {
            _entries[(name, batch)] = new Entry(tensor, tensor.Type, tensor.Dims, 0, 0);
            return;
        }
        _file ??= ScratchFile.Create("activations");
        long start = Place(tensor.Storage.Length);
        _file.Position = start;
        tensor.Storage.CopyTo(_file);
        _entries[(name, batch)] = new Entry(null, tensor.Type, tensor.Dims, start, tensor.Storage.Length);
    }

    public Tensor Read(string name, int batch)
    {
        Entry entry = _entries[(name, batch)];
        if (entry.Held is { } tensor)
            return tensor;
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)entry.Length));
        _file!.Position = entry.Start;
        _file.ReadExactly(bytes);
        return new Tensor(entry.Type, entry.Dims, new ManagedStorage(bytes));
    }

    /// <summary>Forgets the values of a batch that are not wanted any more; their space is used again.</summary>
    public void KeepOnly(IReadOnlySet<string> names, int batch)
    {
        foreach (string name in _names.Where(n => !names.Contains(n)))
            Drop(name, batch);
    }

    /// <summary>Forgets all batches of the values that are not wanted any more.</summary>
    public void KeepOnly(IReadOnlySet<string> names)
    {
        foreach ((string name, int batch) in _entries.Keys.Where(k => !names.Contains(k.Name)).ToArray())
            Drop(name, batch);
        _names.IntersectWith(names);
    }

    public void Dispose()
    {
        foreach ((string name, int batch) in _entries.Keys.ToArray())
            Drop(name, batch);
        _file?.Dispose();
    }

    private void Drop(string name, int batch)
    {
        if (!_entries.Remove((name, batch), out Entry? old))
            return;
        if (old.Held is { } tensor)
            memory.Release(tensor);
        else
            _free.Add((old.Start, old.Length));
    }

    // batches are nearly all of one size, so the first hole that fits is a good one
    private long Place(long length)
    {
        int hole = _free.FindIndex(f => f.Length >= length);
        if (hole >= 0)
        {
            (long start, long size) = _free[hole];
            _free.RemoveAt(hole);
            if (size > length)
                _free.Add((start + length, size - length));
            return start;
        }
        long at = _end;
        _end += length;
        return at;
    }
}
