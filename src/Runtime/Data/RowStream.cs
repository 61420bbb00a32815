namespace SiDT.Runtime;

/// <summary>
/// Reads rows of a <see cref="StoredArray"/>, holding one row in memory. Forwards is cheap; the first step back in a compressed array unpacks it
/// into a temporary file.
/// </summary>
internal sealed class RowStream(StoredArray array) : IDisposable
{
    private readonly Part?[] _parts = new Part?[array.Parts.Count];

    /// <summary>Reads <paramref name="row"/>.</summary>
    /// <exception cref="DataError">The file ends too early.</exception>
    public void Read(long row, Span<byte> destination)
    {
        int index = 0;
        long first = 0;
        while (row >= first + array.Parts[index].Rows)
            first += array.Parts[index++].Rows;
        try
        {
            (_parts[index] ??= new Part(array.Parts[index])).Read(row - first, destination);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            string name = array.Name.Length == 0 ? "" : $" of '{array.Name}'";
            throw new DataError($"row {row}{name} {array.Shape} cannot be read, the file may be cut off: {RuntimeError.OneLine(failure.Message)}", failure);
        }
    }

    public void Dispose()
    {
        foreach (Part? part in _parts)
            part?.Dispose();
    }

    /// <summary>One of the files that hold the array.</summary>
    private sealed class Part(StoredPart part) : IDisposable
    {
        private readonly byte[] _scratch = new byte[16 << 10];
        private Stream? _stream;
        private long _start; // of the records, where the stream can seek
        private long _position; // in the records

        public void Read(long row, Span<byte> destination)
        {
            if (_stream is null)
                Open(part.Open());
            long target = (row * part.RecordBytes) + part.Offset;
            if (target < _position && !_stream!.CanSeek)
                Unpack();
            if (_stream!.CanSeek)
                _stream.Position = _start + target;
            else
                Skip(target - _position);
            _stream.ReadExactly(destination);
            _position = target + destination.Length;
        }

        public void Dispose() => _stream?.Dispose();

        private void Open(Stream stream)
        {
            _stream = stream;
            _start = stream.CanSeek ? stream.Position : 0;
            _position = 0;
        }

        private void Unpack()
        {
            _stream!.Dispose();
            using Stream packed = part.Open();
            FileStream file = ScratchFile.Create("rows");
            try
            {
                packed.CopyTo(file);
                file.Position = 0;
            }
            catch
            {
                file.Dispose();
                throw;
            }
            Open(file);
        }

        private void Skip(long bytes)
        {
            for (; bytes > 0; bytes -= Math.Min(bytes, _scratch.Length))
                _stream!.ReadExactly(_scratch, 0, (int)Math.Min(bytes, _scratch.Length));
        }
    }
}
