using System.Globalization;
using System.Runtime.CompilerServices;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Expressions;

/// <summary>
/// C# with holes, written as an interpolated string: <c>$"{x}.softmax({axis})"</c>. A value is bracketed where needed;
/// <c>{x:+}</c> and <c>{x:*}</c> say that it stands as an operand of a sum or of a product.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Code
{
    private readonly List<Piece> _pieces;

    public Code(int literalLength, int formattedCount) => _pieces = new List<Piece>(formattedCount + (literalLength / 8) + 1);

    public Code(IEnumerable<Piece> pieces) => _pieces = [.. pieces];

    public IReadOnlyList<Piece> Pieces => _pieces;

    public static Code Of(Code code) => code;

    public void AppendLiteral(string text) => _pieces.Add(new Literal(text));

    public void AppendFormatted(string text) => _pieces.Add(new Literal(text));

    public void AppendFormatted(long number) => _pieces.Add(new Literal(number.ToString(CultureInfo.InvariantCulture)));

    public void AppendFormatted(double number) => _pieces.Add(new Literal(NumberText.Of(number)));

    public void AppendFormatted(Value value) => _pieces.Add(new Operand(value, Level.Primary));

    public void AppendFormatted(Value value, string format) => _pieces.Add(new Operand(value, format switch
    {
        "+" => Level.Sum,
        "*" => Level.Product,
        "-" => Level.Unary,
        "," => Level.Sum, // an argument of its own
        _ => Level.Primary,
    }));

    public void AppendFormatted(Layer layer) => _pieces.Add(new Member(layer));

    public void AppendFormatted(Piece piece) => _pieces.Add(piece);

    public void AppendFormatted(Code code) => _pieces.AddRange(code.Pieces);

    /// <summary>A list separated by commas.</summary>
    public void AppendFormatted(IEnumerable<Piece> list)
    {
        bool first = true;
        foreach (Piece piece in list)
        {
            if (!first)
                _pieces.Add(new Literal(", "));
            _pieces.Add(piece);
            first = false;
        }
    }

    /// <summary>Numbers separated by commas.</summary>
    public void AppendFormatted(IEnumerable<long> list) => _pieces.Add(new Literal(string.Join(", ", list.Select(n => n.ToString(CultureInfo.InvariantCulture)))));
}
