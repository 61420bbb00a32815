using System.Globalization;
using System.Runtime.InteropServices;

namespace SiDT.Frontend.Printing;

/// <summary>The elements of a small tensor, separated by commas.</summary>
public static class NumberText
{
    public static bool CanPrint(ElementType type) => type is ElementType.Float32 or ElementType.Float64 or ElementType.Float16 or ElementType.BFloat16
        or ElementType.Bool or ElementType.Int64 or ElementType.UInt64 or ElementType.Int32 or ElementType.UInt32 or ElementType.Int16 or ElementType.UInt16
        or ElementType.Int8 or ElementType.UInt8 or ElementType.Int4 or ElementType.UInt4 or ElementType.Int2 or ElementType.UInt2;

    public static string Of(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float64 => Join(MemoryMarshal.Cast<byte, double>(tensor.Bytes).ToArray()),
        ElementType.Float16 => Join(MemoryMarshal.Cast<byte, Half>(tensor.Bytes).ToArray()),
        ElementType.Float32 or ElementType.BFloat16 => Join(tensor.ToFloats()),
        ElementType.UInt64 => Join(MemoryMarshal.Cast<byte, ulong>(tensor.Bytes).ToArray()),
        ElementType.Bool => string.Join(',', tensor.ToInt64s().Select(x => x != 0 ? "true" : "false")),
        _ => Join(tensor.ToInt64s()),
    };

    private static string Join<T>(T[] numbers)
        where T : IFormattable => string.Join(',', numbers.Select(x => x.ToString(null, CultureInfo.InvariantCulture)));
}
