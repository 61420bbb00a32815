using System.Buffers;

namespace SiDT.Frontend.Writing;

/// <summary>
/// The bytes of a storage as memory that has them only while it is looked at. For messages that are written once and dropped:
/// a span is good until that of the next storage is asked for.
/// </summary>
internal sealed class PassingMemory : MemoryManager<byte>
{
    private readonly Row _row;
    private readonly int _index;

    private PassingMemory(Row row, int index)
    {
        _row = row;
        _index = index;
    }

    public override Memory<byte> Memory => CreateMemory(_row.LengthOf(_index));

    public override Span<byte> GetSpan() => _row.Take(_index);

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("the bytes do not stay where they are");

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }

    /// <summary>
    /// Storages in the order in which they will be asked for. While one is written, the bytes of the next are computed beside it,
    /// so that never more than two are in memory.
    /// </summary>
    internal sealed class Row : IDisposable
    {
        private readonly List<TensorStorage> _storages = [];
        private readonly ScratchBytes[] _buffers = [new(), new()];
        private Task? _ahead;
        private int _next = -1;

        public ReadOnlyMemory<byte> Add(TensorStorage storage)
        {
            _storages.Add(storage);
            return new PassingMemory(this, _storages.Count - 1).Memory;
        }

        public int LengthOf(int index) => checked((int)_storages[index].Length);

        public Span<byte> Take(int index)
        {
            _ahead?.GetAwaiter().GetResult();
            if (_next != index)
                Fill(index);
            _next = index + 1;
            _ahead = _next < _storages.Count ? Task.Run(() => Fill(index + 1)) : null;
            return _buffers[index % 2].Take(LengthOf(index));
        }

        public void Dispose()
        {
            if (_ahead is not null)
                Task.WaitAny(_ahead); // its fault is told where its bytes are asked for
            foreach (ScratchBytes buffer in _buffers)
                buffer.Dispose();
        }

        private void Fill(int index) => _storages[index].Read(0, _buffers[index % 2].Take(LengthOf(index)));
    }
}
