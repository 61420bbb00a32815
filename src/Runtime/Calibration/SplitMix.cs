namespace SiDT.Runtime;

/// <summary>
/// Random numbers from a key, cheap to start anywhere (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators"):
/// what is drawn for one key has no influence on what is drawn for another.
/// </summary>
internal struct SplitMix
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>A stream of its own for each key.</summary>
    public SplitMix(params ReadOnlySpan<int> key)
    {
        foreach (int part in key)
            _state = Mixed(_state + Golden + (uint)part);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Next() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public double Next(double from, double to) => from + (Next() * (to - from));

    /// <summary>One of 0 .. <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(Next() * count);

    public bool Coin() => Next() < 0.5;

    /// <summary>Normal with mean 0 and deviation 1 (Box-Muller; one of the two numbers is enough).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Next())) * Math.Cos(2 * Math.PI * Next());

    private ulong NextBits()
    {
        _state += Golden;
        return Mixed(_state);
    }

    private static ulong Mixed(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
