namespace SiDT.Tests.MiniZoo;

/// <summary>
/// Random numbers that depend on a seed and a name alone, so that two spellings of one network hold the same weights.
/// </summary>
public sealed class Numbers(int seed)
{
    /// <summary>Numbers to use for a name instead of random ones.</summary>
    public Dictionary<string, float[]> Given { get; } = [];

    public float[] Normal(string name, long count, double scale, double mean = 0)
    {
        if (Given.TryGetValue(name, out float[]? given))
            return given.Length == count ? given : throw new ArgumentException($"'{name}' has {given.Length} numbers, not {count}");
        var random = new Random(Hash(name));
        var result = new float[count];
        for (int i = 0; i < result.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            result[i] = (float)(mean + (scale * radius * Math.Cos(2 * Math.PI * random.NextDouble())));
        }
        return result;
    }

    /// <summary>Weights of a linear layer that keep the size of what flows through.</summary>
    public Matrix Matrix(string name, int inputs, int outputs, double gain = 1.2) =>
        new(inputs, outputs, Normal(name, (long)inputs * outputs, gain / Math.Sqrt(inputs)));

    private int Hash(string name)
    {
        uint hash = 2166136261u ^ (uint)(seed * 7919);
        foreach (char c in name)
            hash = (hash ^ c) * 16777619u;
        return (int)(hash & 0x7FFFFFFF);
    }
}
