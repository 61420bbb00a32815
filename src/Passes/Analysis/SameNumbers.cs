namespace SiDT.Passes.Analysis;

/// <summary>Arrays as keys: equal where they hold the same numbers in the same order.</summary>
internal sealed class SameNumbers : IEqualityComparer<int[]>
{
    public static SameNumbers Comparer { get; } = new();

    public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(int[] numbers)
    {
        uint hash = (uint)numbers.Length;
        foreach (int number in numbers)
            hash = (hash * 0x9E3779B1) ^ (uint)number;
        return (int)hash;
    }
}
