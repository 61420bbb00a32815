using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>A .npy file, or an entry of a .npz.</summary>
internal static class NpyFile
{
    public static StoredArray Open(string path) => Open("", $"'{path}'", () => File.OpenRead(path));

    /// <param name="name">The array's name for binding it to an input.</param>
    /// <param name="title">What errors call it.</param>
    /// <param name="open">Opens it at its header.</param>
    public static StoredArray Open(string name, string title, Func<Stream> open)
    {
        NpyHeader header;
        using (Stream stream = open())
        {
            header = NpyHeader.Read(stream, title);
            long bytes = header.Dims.Aggregate(1L, (a, b) => checked(a * b)) * header.Type.Bits() / 8;
            if (stream is FileStream && stream.Length - stream.Position < bytes)
                throw new DataError($"{title} is cut off: it should hold {bytes} bytes of numbers, and holds {stream.Length - stream.Position}");
        }
        var array = new StoredArray(name, header.Type, header.Dims, []);
        StoredPart part = header.Fortran && header.Dims.Length > 1
            ? new StoredPart(() => Rearranged(array, OpenAtData()), array.Rows, array.RowBytes, 0)
            : new StoredPart(OpenAtData, array.Rows, array.RowBytes, 0);
        return array with { Parts = [part] };

        Stream OpenAtData()
        {
            Stream stream = open();
            NpyHeader.Read(stream, title);
            return stream;
        }
    }

    /// <summary>
    /// An array in Fortran order, whose rows are scattered over the whole file, brought into row order in memory.
    /// </summary>
    private static MemoryStream Rearranged(StoredArray array, Stream stream)
    {
        using (stream)
        {
            int element = array.Type.Bits() / 8;
            var source = new byte[array.RowBytes * array.Rows];
            stream.ReadExactly(source);
            var result = new byte[source.Length];
            var index = new long[array.Dims.Length];
            for (long from = 0; from < source.Length; from += element)
            {
                long to = 0;
                for (int axis = 0; axis < index.Length; axis++)
                    to = (to * array.Dims[axis]) + index[axis];
                source.AsSpan((int)from, element).CopyTo(result.AsSpan((int)(to * element)));
                for (int axis = 0; axis < index.Length && ++index[axis] == array.Dims[axis]; axis++)
                    index[axis] = 0;
            }
            return new MemoryStream(result);
        }
    }
}
