using SiDT.Passes.Shapes;

namespace SiDT.Passes.Operators;

/// <summary>Building blocks of index notations.</summary>
internal static class Indices
{
    /// <summary>A fresh index for every axis of a shape; axes of size one have none.</summary>
    public static AxisIndex[][] Of(IEnumerable<Dim> shape, Func<int, AxisRole>? role = null) =>
        [.. shape.Select((d, i) => Axis(new AxisIndex(d, role?.Invoke(i) ?? AxisRole.Plain)))];

    public static AxisIndex[] Axis(params AxisIndex[] indices) => [.. indices.Where(i => !i.Size.Is(1))];

    /// <summary>
    /// Operands aligned from the right with broadcasting. Returns the axes of each operand and of the result.
    /// </summary>
    public static (AxisIndex[][][] Operands, AxisIndex[][] Result) Broadcast(params Dim[][] shapes)
    {
        int rank = shapes.Max(s => s.Length);
        var result = new AxisIndex[rank][];
        var operands = shapes.Select(s => new AxisIndex[s.Length][]).ToArray();
        for (int fromRight = 1; fromRight <= rank; fromRight++)
        {
            Dim size = Dim.One;
            foreach (Dim[] shape in shapes)
            {
                if (fromRight <= shape.Length && !shape[^fromRight].Is(1) && (size.Is(1) || (!size.IsConstant && shape[^fromRight].IsConstant)))
                    size = shape[^fromRight];
            }
            AxisIndex[] axis = Axis(new AxisIndex(size));
            result[^fromRight] = axis;
            for (int k = 0; k < shapes.Length; k++)
            {
                if (fromRight <= shapes[k].Length)
                    operands[k][^fromRight] = shapes[k][^fromRight].Is(1) ? [] : axis;
            }
        }
        return (operands, result);
    }
}
