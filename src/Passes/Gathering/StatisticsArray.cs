namespace SiDT.Passes.Gathering;

/// <summary>A named array of statistics, float64.</summary>
/// <param name="Name">Value, axes and what is summed: <c>blocks.0/act_output:2:squares</c>.</param>
/// <param name="Shape">Its sizes.</param>
public sealed record StatisticsArray(string Name, IReadOnlyList<long> Shape)
{
    public long Count => Shape.Aggregate(1L, (a, b) => checked(a * b));

    public bool HasSameShape(StatisticsArray other) => Shape.SequenceEqual(other.Shape);

    public override string ToString() => $"'{Name}' [{string.Join(',', Shape)}]";
}
