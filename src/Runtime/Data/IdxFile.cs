using System.Buffers.Binary;
using System.IO.Compression;
using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>The idx format of MNIST and its kin: a file of pictures with a file of labels beside it, gzipped or not.</summary>
internal static class IdxFile
{
    /// <summary>Files of pictures in a folder; a gzipped and a plain copy of the same count once.</summary>
    public static string[] ImagesIn(string folder) =>
        [.. Directory.GetFiles(folder)
            .Where(p => Path.GetFileName(p) is var name && name.Contains("images", StringComparison.Ordinal) && name.Contains("idx", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .DistinctBy(p => p.EndsWith(".gz", StringComparison.Ordinal) ? p[..^3] : p)];

    /// <summary>The pictures, and the labels <c>y</c> if their file is there.</summary>
    public static IReadOnlyList<StoredArray> Open(string path)
    {
        StoredArray images = Read(path, "");
        if (images.Dims.Length < 3)
            throw new DataError($"'{path}' holds {images.Shape} numbers, not pictures; name the file of the pictures");
        string name = Path.GetFileName(path);
        string labels = Path.Combine(Path.GetDirectoryName(path) ?? "", name.Replace("images", "labels", StringComparison.Ordinal).Replace("idx3", "idx1", StringComparison.Ordinal));
        string plain = labels.EndsWith(".gz", StringComparison.Ordinal) ? labels[..^3] : labels;
        string? found = labels == path ? null : new[] { labels, plain, plain + ".gz" }.FirstOrDefault(File.Exists);
        return found is null ? [images] : [images, Read(found, "y")];
    }

    private static StoredArray Read(string path, string name)
    {
        using Stream stream = OpenStream(path);
        long[] dims = Header(stream, path);
        long rowBytes = dims.Skip(1).Aggregate(1L, (a, b) => a * b);
        return new StoredArray(name, ElementType.UInt8, dims, [new StoredPart(OpenAtData, dims[0], rowBytes, 0)]);

        Stream OpenAtData()
        {
            Stream data = OpenStream(path);
            Header(data, path);
            return data;
        }
    }

    private static Stream OpenStream(string path)
    {
        FileStream file = File.OpenRead(path);
        bool zipped = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return zipped ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static long[] Header(Stream stream, string path)
    {
        try
        {
            Span<byte> word = stackalloc byte[4];
            stream.ReadExactly(word);
            if (word[0] != 0 || word[1] != 0 || word[2] != 8 || word[3] is 0 or > 4)
                throw new DataError($"'{path}' is not an idx file of bytes");
            var dims = new long[word[3]];
            for (int i = 0; i < dims.Length; i++)
            {
                stream.ReadExactly(word);
                dims[i] = BinaryPrimitives.ReadUInt32BigEndian(word);
            }
            return dims;
        }
        catch (EndOfStreamException failure)
        {
            throw new DataError($"'{path}' ends within its header", failure);
        }
    }
}
