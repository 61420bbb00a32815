using SiDT.Frontend;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Expressions;

/// <summary>A piece of C# that is not final before it is known where it stands.</summary>
internal abstract record Piece;

/// <summary>Final text.</summary>
internal sealed record Literal(string Text) : Piece;

/// <summary>A value; in parentheses where its own expression binds less tightly than <paramref name="Level"/>.</summary>
internal sealed record Operand(Value Value, Level Level) : Piece;

/// <summary>A field of the module.</summary>
internal sealed record Member(Layer Layer) : Piece;

/// <summary>A size that a module may take as an argument.</summary>
/// <param name="Value">The size.</param>
/// <param name="Role">What it is called where nothing better is known.</param>
internal sealed record Width(long Value, string Role) : Piece;

/// <summary>One length of a shape: open, or kept from the operand.</summary>
/// <param name="Size">The length.</param>
/// <param name="Role">See <see cref="Width"/>.</param>
/// <param name="KeptAxis">The axis of the operand whose length this is; -1 if none.</param>
/// <param name="MayInfer">Whether -1 may stand for it.</param>
internal sealed record Length(Dim Size, string Role, int KeptAxis, bool MayInfer) : Piece;

/// <summary>The device that the module's input is on.</summary>
internal sealed record Place : Piece;

/// <summary>How tightly an expression binds.</summary>
internal enum Level
{
    Sum,
    Product,
    Unary,
    Primary,
}
