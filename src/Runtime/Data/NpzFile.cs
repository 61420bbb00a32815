using System.IO.Compression;

namespace SiDT.Runtime;

/// <summary>The arrays of a .npz archive, stored or deflated.</summary>
internal static class NpzFile
{
    private const string Ending = ".npy";

    public static IReadOnlyList<StoredArray> Open(string path)
    {
        string[] entries;
        using (ZipArchive archive = ZipFile.OpenRead(path))
            entries = [.. archive.Entries.Select(e => e.FullName).Where(n => n.EndsWith(Ending, StringComparison.Ordinal))];
        if (entries.Length == 0)
            throw new DataError($"the archive '{path}' holds no NumPy arrays");
        return [.. entries.Select(e => NpyFile.Open(e[..^Ending.Length], $"'{e}' in '{path}'", () => new EntryStream(path, e)))];
    }

    /// <summary>An entry with an archive of its own, so that arrays can be read side by side.</summary>
    private sealed class EntryStream : Stream
    {
        private readonly ZipArchive _archive;
        private readonly Stream _entry;

        public EntryStream(string path, string entry)
        {
            _archive = ZipFile.OpenRead(path);
            _entry = _archive.GetEntry(entry)!.Open();
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => _entry.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => _entry.Read(buffer);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _entry.Dispose();
                _archive.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
