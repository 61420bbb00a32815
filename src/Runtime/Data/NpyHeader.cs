using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>The header of NumPy's array format, versions 1 to 3.</summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="Dims">Sizes.</param>
/// <param name="Fortran">Whether the first axis moves fastest.</param>
internal sealed partial record NpyHeader(ElementType Type, long[] Dims, bool Fortran)
{
    private const int MostBytes = 1 << 20;

    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header and leaves the stream at the first element.</summary>
    /// <exception cref="DataError">It is not a header, or the elements are not little-endian numbers.</exception>
    public static NpyHeader Read(Stream stream, string name)
    {
        try
        {
            Span<byte> start = stackalloc byte[8];
            stream.ReadExactly(start);
            if (!start.StartsWith(Magic))
                throw new DataError($"{name} is not a NumPy array");
            Span<byte> size = stackalloc byte[start[6] == 1 ? 2 : 4];
            stream.ReadExactly(size);
            uint length = size.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
            if (length > MostBytes)
                throw new DataError($"the header of {name} is damaged");
            var text = new byte[length];
            stream.ReadExactly(text);
            return Parse(Encoding.UTF8.GetString(text), name);
        }
        catch (EndOfStreamException failure)
        {
            throw new DataError($"{name} ends within its header", failure);
        }
    }

    private static NpyHeader Parse(string text, string name)
    {
        Match match = Pattern().Match(text);
        Match shape = ShapePattern().Match(text);
        if (!match.Success || !shape.Success)
            throw new DataError($"the header of {name} is not understood (structured arrays and objects are not read): {RuntimeError.OneLine(text)}");
        string descr = match.Groups[1].Value;
        ElementType type = descr.TrimStart('<', '|', '=') switch
        {
            "f2" => ElementType.Float16,
            "f4" => ElementType.Float32,
            "f8" => ElementType.Float64,
            "i1" => ElementType.Int8,
            "i2" => ElementType.Int16,
            "i4" => ElementType.Int32,
            "i8" => ElementType.Int64,
            "u1" => ElementType.UInt8,
            "u2" => ElementType.UInt16,
            "u4" => ElementType.UInt32,
            "u8" => ElementType.UInt64,
            "b1" => ElementType.Bool,
            _ => throw new DataError($"{name} has elements of type '{descr}'; only little-endian floats, integers and booleans are read"),
        };
        long[] dims = [.. shape.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(d => long.Parse(d.TrimEnd('L')))];
        return new NpyHeader(type, dims, FortranPattern().IsMatch(text));
    }

    [GeneratedRegex("""['"]descr['"]\s*:\s*['"]([^'"]+)['"]""")]
    private static partial Regex Pattern();

    [GeneratedRegex("""['"]shape['"]\s*:\s*\(([0-9L,\s]*)\)""")]
    private static partial Regex ShapePattern();

    [GeneratedRegex("""['"]fortran_order['"]\s*:\s*True""")]
    private static partial Regex FortranPattern();
}
