using SiDT.Frontend;

namespace SiDT.Backend.Hook.Weights;

/// <summary>
/// A constant of the graph as a way through stored tensors: every element is one element of one stored tensor.
/// What trains is written back on the same way.
/// </summary>
/// <param name="Dims">Shape after all steps.</param>
/// <param name="Type">Element type in the file.</param>
/// <param name="Parts">Parts along <paramref name="Axis"/>; one, or several where the graph joins stored tensors.</param>
/// <param name="Axis">Along which parts follow each other.</param>
internal sealed record WeightSource(long[] Dims, ElementType Type, IReadOnlyList<WeightPart> Parts, int Axis = 0)
{
    /// <summary>Whether trained numbers can be written back: they are stored as floats.</summary>
    public bool IsTrainable => Type.IsFloating() && Parts.All(p => p.Scale is null);

    /// <summary>Names of the stored tensors.</summary>
    public IEnumerable<string> Names => Parts.Select(p => p.Name);

    /// <summary>The same way in words; equal sources have equal keys.</summary>
    public string Key => string.Join(";", Parts.Select(p => $"{p.Name}:{string.Join('|', p.Steps)}:{p.Scale}")) + $"@{Axis}:{string.Join('x', Dims)}";

    /// <summary>One more step; null where the parts cannot take it.</summary>
    public WeightSource? Then(string step, long[] dims, Func<int, int?>? moveAxis = null)
    {
        int axis = Axis;
        if (Parts.Count > 1)
        {
            if (moveAxis?.Invoke(Axis) is not { } moved)
                return null;
            axis = moved;
        }
        return this with { Dims = dims, Axis = axis, Parts = [.. Parts.Select(p => p with { Steps = [.. p.Steps, step] })] };
    }
}

/// <summary>One stored tensor, laid out by steps: <c>transpose 1 0</c>, <c>reshape 3 4</c>, <c>narrow axis start length</c>.</summary>
/// <param name="Name">An initializer, or the output of a Constant node.</param>
/// <param name="Steps">In order.</param>
/// <param name="Size">Its length along the axis of the parts.</param>
/// <param name="Scale">Quantised: <c>scale zero axis</c>, names of stored tensors; null for others.</param>
internal sealed record WeightPart(string Name, string[] Steps, long Size, string? Scale = null);
