namespace SiDT.Runtime;

/// <summary>Reads rows of a <see cref="StoredArray"/> forwards, holding one row in memory.</summary>
internal sealed class RowStream(StoredArray array) : IDisposable
{
    private readonly byte[] _scratch = new byte[16 << 10];
    private Stream? _stream;
    private int _part = -1;
    private long _firstRow; // of the part
    private long _start; // of the part's records in its stream, where that can seek
    private long _position; // in the part's records

    /// <summary>Reads <paramref name="row"/>, the same as the last one or a later one.</summary>
    /// <exception cref="DataError">The file ends too early.</exception>
    public void Read(long row, Span<byte> destination)
    {
        StoredPart part = Find(row);
        long target = ((row - _firstRow) * part.RecordBytes) + part.Offset;
        try
        {
            Skip(target - _position);
            _stream!.ReadExactly(destination);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            string name = array.Name.Length == 0 ? "" : $" of '{array.Name}'";
            throw new DataError($"row {row}{name} {array.Shape} cannot be read, the file may be cut off: {RuntimeError.OneLine(failure.Message)}", failure);
        }
        _position = target + destination.Length;
    }

    public void Dispose() => _stream?.Dispose();

    private StoredPart Find(long row)
    {
        while (_part < 0 || row >= _firstRow + array.Parts[_part].Rows)
        {
            _firstRow += _part < 0 ? 0 : array.Parts[_part].Rows;
            _part++;
            _stream?.Dispose();
            _stream = array.Parts[_part].Open();
            _start = _stream.CanSeek ? _stream.Position : 0;
            _position = 0;
        }
        return array.Parts[_part];
    }

    private void Skip(long bytes)
    {
        if (_stream!.CanSeek)
        {
            _stream.Position = _start + _position + bytes;
            return;
        }
        if (bytes < 0)
            throw new InvalidOperationException("rows of a compressed array are read forwards");
        for (; bytes > 0; bytes -= Math.Min(bytes, _scratch.Length))
            _stream.ReadExactly(_scratch, 0, (int)Math.Min(bytes, _scratch.Length));
    }
}
