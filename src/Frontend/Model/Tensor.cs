using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>
/// A constant array: element type, dimensions and bytes (row-major, little-endian, packed as in <c>raw_data</c>).
/// Immutable; <see cref="Source"/> is the message it came from, so that unknown fields survive: its numbers, if it has any,
/// are not to be read, and it is not to be changed.
/// </summary>
public sealed class Tensor(ElementType type, long[] dims, TensorStorage storage, TensorProto? source = null)
{
    public ElementType Type { get; } = type;

    public long[] Dims { get; } = dims;

    public TensorStorage Storage { get; } = storage;

    public TensorProto? Source { get; } = source;

    /// <summary>How the file held it. A tensor made with the source of another is a changed one.</summary>
    internal TensorOrigin Origin { get; init; }

    public int Rank => Dims.Length;

    /// <summary>Number of elements.</summary>
    public long Count => Dims.Aggregate(1L, (a, b) => checked(a * b));

    public ReadOnlySpan<byte> Bytes => Storage.Bytes;

    public static Tensor Of<T>(ElementType type, ReadOnlySpan<T> data, params long[] dims)
        where T : unmanaged =>
        new(type, dims, new ManagedStorage(MemoryMarshal.AsBytes(data).ToArray()));

    public static Tensor Of(ReadOnlySpan<float> data, params long[] dims) => Of(ElementType.Float32, data, dims);

    public static Tensor Of(ReadOnlySpan<long> data, params long[] dims) => Of(ElementType.Int64, data, dims);

    public static Tensor Vector(params long[] data) => Of(ElementType.Int64, data.AsSpan(), data.Length);

    public static Tensor Scalar(long value) => Of(ElementType.Int64, [value]);

    public static Tensor Scalar(float value) => Of(ElementType.Float32, [value]);

    /// <summary>A tensor of <paramref name="type"/> with <paramref name="data"/> rounded to it (floating types and integers).</summary>
    public static Tensor FromFloats(ElementType type, ReadOnlySpan<float> data, params long[] dims)
    {
        switch (type)
        {
            case ElementType.Float32:
                return Of(type, data, dims);
            case ElementType.Float64:
                return Of<double>(type, data.ToArray().Select(x => (double)x).ToArray(), dims);
            case ElementType.Float16:
                return Of<Half>(type, data.ToArray().Select(x => (Half)x).ToArray(), dims);
            case ElementType.BFloat16:
                return Of<ushort>(type, data.ToArray().Select(ToBFloat16).ToArray(), dims);
            default:
                return FromInt64s(type, data.ToArray().Select(x => (long)x).ToArray(), dims);
        }
    }

    /// <summary>A tensor of an integer or boolean <paramref name="type"/>.</summary>
    public static Tensor FromInt64s(ElementType type, ReadOnlySpan<long> data, params long[] dims)
    {
        long[] values = data.ToArray();
        return type switch
        {
            ElementType.Int64 or ElementType.UInt64 => Of<long>(type, values, dims),
            ElementType.Int32 or ElementType.UInt32 => Of<int>(type, values.Select(x => (int)x).ToArray(), dims),
            ElementType.Int16 or ElementType.UInt16 => Of<short>(type, values.Select(x => (short)x).ToArray(), dims),
            ElementType.Int8 or ElementType.UInt8 or ElementType.Bool => Of<byte>(type, values.Select(x => (byte)x).ToArray(), dims),
            _ => throw new NotSupportedException($"integers cannot be stored as {type}"),
        };
    }

    /// <summary>All elements as 32-bit floats (rounded from 64 bits, widened from 16).</summary>
    public float[] ToFloats()
    {
        var result = new float[Count];
        ReadOnlySpan<byte> bytes = Bytes;
        switch (Type)
        {
            case ElementType.Float32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(result);
                break;
            case ElementType.Float64:
                ReadOnlySpan<double> doubles = MemoryMarshal.Cast<byte, double>(bytes);
                for (int i = 0; i < result.Length; i++)
                    result[i] = (float)doubles[i];
                break;
            case ElementType.Float16:
                ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (int i = 0; i < result.Length; i++)
                    result[i] = (float)halves[i];
                break;
            case ElementType.BFloat16:
                ReadOnlySpan<ushort> brains = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < result.Length; i++)
                    result[i] = BitConverter.UInt32BitsToSingle((uint)brains[i] << 16);
                break;
            default:
                long[] integers = ToInt64s();
                for (int i = 0; i < result.Length; i++)
                    result[i] = integers[i];
                break;
        }
        return result;
    }

    /// <summary>All elements as 64-bit integers; floats are truncated.</summary>
    public long[] ToInt64s()
    {
        var result = new long[Count];
        ReadOnlySpan<byte> bytes = Bytes;
        int bits = Type.Bits();
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Type switch
            {
                ElementType.Int64 or ElementType.UInt64 => BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * 8)..]),
                ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * 4)..]),
                ElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * 4)..]),
                ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes[(i * 2)..]),
                ElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 2)..]),
                ElementType.Int8 => (sbyte)bytes[i],
                ElementType.UInt8 or ElementType.Bool => bytes[i],
                ElementType.UInt4 or ElementType.UInt2 => Packed(bytes, i, bits),
                ElementType.Int4 or ElementType.Int2 => SignExtend(Packed(bytes, i, bits), bits),
                ElementType.Float32 => (long)BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]),
                ElementType.Float64 => (long)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * 8)..]),
                ElementType.Float16 => (long)(float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(i * 2)..]),
                _ => throw new NotSupportedException($"a tensor of type {Type} does not hold integers"),
            };
        }
        return result;
    }

    private static long Packed(ReadOnlySpan<byte> bytes, int index, int bits)
    {
        int bit = index * bits;
        return (bytes[bit / 8] >> (bit % 8)) & ((1 << bits) - 1);
    }

    private static long SignExtend(long value, int bits) => (value << (64 - bits)) >> (64 - bits);

    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return (ushort)((bits >> 16) | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16); // round to nearest, ties to even
    }
}
