using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SiDT.Frontend;

namespace SiDT.Passes.Rewriting;

/// <summary>
/// A matrix of 32-bit numbers times a factor for every row, or for every column, of a source that stays what it is: multiplied
/// when someone asks for the bytes, or part by part into the file. Products are taken in 64 bits and rounded once.
/// </summary>
internal sealed class ScaledStorage : TensorStorage
{
    private readonly TensorStorage _source;
    private readonly double[] _factors;
    private readonly bool _byRow;
    private readonly int _width;
    private byte[]? _bytes;

    private ScaledStorage(TensorStorage source, double[] factors, bool byRow, int width)
    {
        _source = source;
        _factors = factors;
        _byRow = byRow;
        _width = width;
    }

    public override long Length => _source.Length;

    public override ReadOnlySpan<byte> Bytes => Materialized();

    public override ReadOnlyMemory<byte> Memory => Materialized();

    public override bool IsAtHand => _bytes is not null;

    /// <summary>A matrix with every row (<paramref name="axis"/> 0) or column (1) times a factor of its own.</summary>
    public static Tensor Scale(Tensor matrix, double[] factors, int axis)
    {
        if (matrix is not { Type: ElementType.Float32, Rank: 2 } || matrix.Dims[axis] != factors.Length)
            throw new ArgumentException("there must be one factor for every row or column of a matrix of 32-bit numbers", nameof(factors));
        return new Tensor(matrix.Type, matrix.Dims, new ScaledStorage(matrix.Storage, factors, axis == 0, (int)matrix.Dims[1]), matrix.Source);
    }

    public override void CopyTo(Stream stream)
    {
        var buffer = new byte[Math.Min(Length, 1 << 20)];
        for (long at = 0; at < Length; at += buffer.Length)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Length - at));
            Read(at, part);
            stream.Write(part);
        }
    }

    public override void Read(long offset, Span<byte> target)
    {
        if (_bytes is not null)
        {
            _bytes.AsSpan(checked((int)offset), target.Length).CopyTo(target);
            return;
        }
        if (offset % sizeof(float) != 0 || target.Length % sizeof(float) != 0)
        {
            Materialized().AsSpan(checked((int)offset), target.Length).CopyTo(target);
            return;
        }
        _source.Read(offset, target);
        Span<float> numbers = MemoryMarshal.Cast<byte, float>(target);
        long first = offset / sizeof(float);
        int row = (int)(first / _width), column = (int)(first % _width);
        while (!numbers.IsEmpty)
        {
            Span<float> part = numbers[..Math.Min(numbers.Length, _width - column)];
            if (_byRow)
                Multiply(part, _factors[row]);
            else
                Multiply(part, _factors.AsSpan(column, part.Length));
            numbers = numbers[part.Length..];
            column = 0;
            row++;
        }
    }

    private byte[] Materialized()
    {
        if (_bytes is not null)
            return _bytes;
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        Read(0, bytes);
        return _bytes = bytes;
    }

    // vectors of the machine's size are never compiled ahead
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(Span<float> numbers, double factor)
    {
        int i = 0;
        for (var by = new Vector<double>(factor); i <= numbers.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(numbers[i..]), out Vector<double> low, out Vector<double> high);
            Vector.Narrow(low * by, high * by).CopyTo(numbers[i..]);
        }
        for (; i < numbers.Length; i++)
            numbers[i] = (float)(numbers[i] * factor);
    }

    // vectors of the machine's size are never compiled ahead
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(Span<float> numbers, ReadOnlySpan<double> factors)
    {
        int i = 0;
        for (; i <= numbers.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(numbers[i..]), out Vector<double> low, out Vector<double> high);
            Vector.Narrow(low * new Vector<double>(factors[i..]), high * new Vector<double>(factors[(i + Vector<double>.Count)..])).CopyTo(numbers[i..]);
        }
        for (; i < numbers.Length; i++)
            numbers[i] = (float)(numbers[i] * factors[i]);
    }
}
