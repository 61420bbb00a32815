using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>
/// Random inputs that a model accepts, for proofs and costs: pictures uniform in (-1, 1), other floats normal, integers
/// and flags 0 or 1 with 1 in the first position of the last axis (a mask that hides everything is not a valid one).
/// </summary>
public static class SyntheticInputs
{
    /// <summary>Feeds with which the model was run successfully.</summary>
    /// <param name="session">The model.</param>
    /// <param name="seed">The same seed gives the same numbers for the same sizes.</param>
    /// <param name="batch">Size of the batch where the model leaves it open; 1 is tried where this does not run.</param>
    /// <exception cref="RuntimeError">None of the usual sizes runs; says why the first one did not.</exception>
    public static IReadOnlyDictionary<string, Tensor> For(Session session, int seed = 0, int batch = 1)
    {
        RuntimeError? first = null;
        int[] batches = batch == 1 ? [1] : [batch, 1];
        foreach (int size in batches)
        {
            foreach (IReadOnlyDictionary<string, Tensor> feeds in Candidates(session.Inputs, seed, size))
            {
                try
                {
                    session.Run(feeds);
                    return feeds;
                }
                catch (RuntimeError failure)
                {
                    first ??= failure;
                }
            }
        }
        throw new RuntimeError($"no usual input size runs; {first!.Message}", first);
    }

    /// <summary>Feeds to try, the likeliest first; nothing has been run.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, Tensor>> Candidates(IReadOnlyList<Port> ports, int seed = 0, int batch = 1)
    {
        foreach (IReadOnlyList<long[]> shapes in SyntheticSizes.For(ports, batch))
            yield return ports.Select((port, i) => (port, Shape: shapes[i])).ToDictionary(p => p.port.Name, p => Fill(p.port, p.Shape, seed));
    }

    /// <summary>Numbers for one input.</summary>
    internal static Tensor Fill(Port port, long[] dims, int seed)
    {
        long count = dims.Aggregate(1L, (a, b) => a * b);
        // One stream of numbers for each input, so that an input's numbers do not depend on its neighbours.
        var random = new Random(HashOf(port.Name, seed));
        if (!port.ElementType.IsFloating())
        {
            long last = dims.Length == 0 ? 1 : Math.Max(dims[^1], 1);
            var integers = new long[count];
            for (int i = 0; i < integers.Length; i++)
                integers[i] = i % last == 0 ? 1 : random.Next(2);
            return Tensor.FromInt64s(port.ElementType, integers, dims);
        }
        bool picture = dims.Length == 4;
        var numbers = new float[count];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = picture ? (random.NextSingle() * 2) - 1 : Normal(random);
        return Tensor.FromFloats(port.ElementType, numbers, dims);
    }

    /// <summary>Box-Muller; one of the two numbers is enough.</summary>
    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    /// <summary>FNV-1a, because <see cref="string.GetHashCode()"/> differs between runs.</summary>
    private static int HashOf(string name, int seed)
    {
        uint hash = 2166136261u ^ (uint)seed;
        foreach (char c in name)
            hash = (hash ^ c) * 16777619u;
        return (int)(hash & int.MaxValue);
    }
}
