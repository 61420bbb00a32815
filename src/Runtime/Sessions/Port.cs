using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="ElementType">Type of its elements; Undefined if it is not a tensor.</param>
/// <param name="Dims">Sizes; null where the size is only known when the model runs.</param>
/// <param name="DimNames">For each size the name that the file gives it (<c>batch</c>); null where it has none.</param>
public sealed record Port(string Name, ElementType ElementType, long?[] Dims, string?[] DimNames)
{
    public int Rank => Dims.Length;

    /// <summary>The shape in words: <c>[batch,3,?,?]</c>.</summary>
    public string Shape => "[" + string.Join(',', Dims.Select((d, i) => d?.ToString() ?? DimNames[i] ?? "?")) + "]";

    /// <summary>Whether an array of these sizes can be fed here.</summary>
    public bool Accepts(ReadOnlySpan<long> dims)
    {
        if (dims.Length != Dims.Length)
            return false;
        for (int i = 0; i < dims.Length; i++)
        {
            if (Dims[i] is { } size && size != dims[i])
                return false;
        }
        return true;
    }

    public override string ToString() => $"{Name}: {ElementType.ToString().ToLowerInvariant()}{Shape}";
}
