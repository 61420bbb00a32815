using System.Globalization;
using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Structure;
using SiDT.Frontend;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Writing;

/// <summary>A length that is read off a value once, at the top or after the value is made.</summary>
internal sealed record LengthLocal(Value Value, int Axis, string Name);

/// <summary>Says open lengths of shapes in terms of values at hand in one module.</summary>
internal sealed class Lengths(Translation translation, Scope scope, HashSet<string> names)
{
    private readonly List<LengthLocal> _locals = [];
    private readonly List<Value> _known = [.. scope.Inputs.Where(i => !translation.Leaves.ContainsKey(i))];

    public IReadOnlyList<LengthLocal> Locals => _locals;

    /// <summary>Name of the module's first argument.</summary>
    public string Argument { get; set; } = "x";

    /// <summary>A value that was made and may be asked for its lengths from now on.</summary>
    public void Add(Value value) => _known.Add(value);

    /// <summary>The code of a step without open lengths.</summary>
    public IReadOnlyList<Piece> Resolve(Step step)
    {
        bool inferred = false;
        var pieces = new List<Piece>();
        foreach (Piece piece in step.Code.Pieces)
            pieces.Add(piece is Length length ? Resolve(length, step, ref inferred) : piece is Place ? new Literal($"{Argument}.device") : piece);
        return pieces;
    }

    private Piece Resolve(Length length, Step step, ref bool inferred)
    {
        Dim size = length.Size;
        if (size.IsConstant)
        {
            // tokens that are there before and after keep their number, whatever it is
            if (length.KeptAxis is 0 or 1 && Kept(length) is { } kept)
                return new Literal(kept);
            return size.Value == 1 ? new Literal("1") : new Width(size.Value, length.Role);
        }
        if (Direct(size) is { } name)
            return new Literal(name);
        if (length.MayInfer && !inferred)
        {
            inferred = true;
            return new Literal("-1");
        }
        return new Literal(Composed(size) ?? throw HookError.At(step.Node, $"the length {size.Key} cannot be read off a value at hand"));
    }

    private string? Kept(Length length)
    {
        if (scope.Name == "model" || length.Size.Is(1))
            return null;
        Value? like = _known.Where(scope.Inputs.Contains).FirstOrDefault(v => translation.Shape(v) is { Length: >= 3 } shape && shape[length.KeptAxis].Equals(length.Size));
        return like is null ? null : Local(like, length.KeptAxis);
    }

    private string? Direct(Dim size)
    {
        foreach (Value value in _known)
        {
            if (translation.Shape(value) is not { } shape)
                continue;
            int axis = Array.FindIndex(shape, d => d.Equals(size));
            if (axis >= 0)
                return Local(value, axis);
        }
        return null;
    }

    // a multiple, a product or a sum of lengths at hand
    private string? Composed(Dim size, int depth = 0)
    {
        if (size.IsConstant)
            return size.Value.ToString(CultureInfo.InvariantCulture);
        if (Direct(size) is { } direct)
            return direct;
        if (depth > 2)
            return null;
        foreach (Value value in _known)
        {
            Dim[] shape = translation.Shape(value) ?? [];
            for (int i = 0; i < shape.Length; i++)
            {
                if (shape[i].IsConstant)
                    continue;
                if (size.DivideExactly(shape[i]) is { } quotient && Composed(quotient, depth + 1) is { } times)
                    return quotient.IsConstant ? $"{times} * {Local(value, i)}" : $"{Local(value, i)} * {times}";
                if (shape[i].DivideExactly(size) is { IsConstant: true } by)
                    return $"{Local(value, i)} / {by.Value.ToString(CultureInfo.InvariantCulture)}";
                Dim difference = size - shape[i];
                if (difference.IsConstant)
                    return difference.Value > 0 ? $"{Local(value, i)} + {difference.Value.ToString(CultureInfo.InvariantCulture)}" : $"{Local(value, i)} - {(-difference.Value).ToString(CultureInfo.InvariantCulture)}";
                if (Rounded(size, shape[i]) is { } rounded)
                    return $"{Local(value, i)} / {rounded.ToString(CultureInfo.InvariantCulture)}";
            }
        }
        return null;
    }

    // floor((h)/(16)): sizes are positive, so C# rounds the same way
    private static long? Rounded(Dim size, Dim of)
    {
        for (long by = 2; by <= 64; by++)
        {
            if (of.DivideDown(Dim.Of(by)).Equals(size))
                return by;
        }
        return null;
    }

    private string Local(Value value, int axis)
    {
        if (_locals.FirstOrDefault(l => l.Value == value && l.Axis == axis) is { } known)
            return known.Name;
        int rank = translation.Shape(value)!.Length;
        string wish = axis == 0 ? "b" : rank == 4 ? new[] { "b", "c", "h", "w" }[axis] : axis == 1 ? "n" : $"n{axis}";
        var local = new LengthLocal(value, axis, Identifiers.Unique(wish, names));
        _locals.Add(local);
        return local.Name;
    }
}
