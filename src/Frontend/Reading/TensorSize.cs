namespace SiDT.Frontend.Reading;

/// <summary>How many elements and bytes the dimensions of a tensor ask for.</summary>
internal static class TensorSize
{
    /// <summary>Number of elements; null where a dimension is negative or the product does not fit.</summary>
    public static long? Elements(IEnumerable<long> dims)
    {
        Int128 count = 1;
        bool empty = false;
        foreach (long dim in dims)
        {
            if (dim < 0)
                return null;
            empty |= dim == 0;
            count = empty ? 0 : count * dim;
            if (count > long.MaxValue / 128)
                return null;
        }
        return (long)count;
    }

    /// <summary>Bytes of that many elements as in <c>raw_data</c>; -1 for types that we do not know.</summary>
    public static long Bytes(ElementType type, long count) => type.Bits() is int bits and > 0 ? ((count * bits) + 7) / 8 : -1;

    public static string Text(ElementType type, IEnumerable<long> dims) => $"{type.ToString().ToLowerInvariant()}[{string.Join(',', dims)}]";
}
