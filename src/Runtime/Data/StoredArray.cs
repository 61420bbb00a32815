using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>An array in a file, not yet read.</summary>
/// <param name="Name">Its name; empty where the file has one array only.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Dims">Sizes; the first axis counts rows.</param>
/// <param name="Parts">Files that hold it, one after the other.</param>
internal sealed record StoredArray(string Name, ElementType Type, long[] Dims, IReadOnlyList<StoredPart> Parts)
{
    public long Rows => Dims.Length == 0 ? 1 : Dims[0];

    /// <summary>Bytes of one row.</summary>
    public int RowBytes => checked((int)(Dims.Skip(1).Aggregate(1L, (a, b) => a * b) * Type.Bits() / 8));

    public string Shape => $"[{string.Join(',', Dims)}]";

    /// <summary>The whole array.</summary>
    public Tensor ReadAll()
    {
        using var stream = new RowStream(this);
        var bytes = new byte[RowBytes * Rows];
        for (int row = 0; row < Rows; row++)
            stream.Read(row, bytes.AsSpan(row * RowBytes, RowBytes));
        return new Tensor(Type, Dims, new ManagedStorage(bytes));
    }
}

/// <summary>Rows at equal distances in a stream.</summary>
/// <param name="Open">Opens the stream at its first record.</param>
/// <param name="Rows">Number of records.</param>
/// <param name="RecordBytes">Distance from one record to the next.</param>
/// <param name="Offset">Where in a record the row begins.</param>
internal sealed record StoredPart(Func<Stream> Open, long Rows, long RecordBytes, long Offset);
