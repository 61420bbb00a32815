using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Sizes to try where a model leaves them open. Equal names get equal sizes.</summary>
internal static class SyntheticSizes
{
    private const int MostTries = 200;
    private static readonly int[] Spatial = [32, 64, 224, 48, 96, 128, 256, 16, 28, 384];
    private static readonly int[] Sequence = [8, 5, 16, 77, 1, 4, 32, 197];

    private enum Kind
    {
        Batch,
        Channels,
        Spatial,
        Sequence,
    }

    /// <summary>For each try a shape for each port.</summary>
    public static IEnumerable<IReadOnlyList<long[]>> For(IReadOnlyList<Port> ports, int batch)
    {
        Dictionary<string, Kind> open = Open(ports);
        string[] sequences = [.. open.Where(p => p.Value == Kind.Sequence).Select(p => p.Key)];
        bool hasSpatial = open.ContainsValue(Kind.Spatial);
        foreach (int[] lengths in Lengths(sequences.Length, hasSpatial).Take(MostTries))
        {
            yield return ports.Select((port, p) => port.Dims.Select((size, axis) => size ?? SizeOf(Key(ports, p, axis))).ToArray()).ToArray();

            long SizeOf(string key) => open[key] switch
            {
                Kind.Batch => batch,
                Kind.Channels => 3,
                Kind.Spatial => lengths[^1],
                _ => lengths[Array.IndexOf(sequences, key)],
            };
        }
    }

    /// <summary>Lengths of all sequences, then the side of pictures: first all sequences alike, then each apart.</summary>
    private static IEnumerable<int[]> Lengths(int sequences, bool spatial)
    {
        int[] sides = spatial ? Spatial : [0];
        if (sequences == 0)
        {
            foreach (int side in sides)
                yield return [side];
            yield break;
        }
        foreach (int length in Sequence)
        {
            foreach (int side in sides)
                yield return [.. Enumerable.Repeat(length, sequences), side];
        }
        if (sequences == 1)
            yield break;
        var indices = new int[sequences];
        while (true)
        {
            if (indices.Distinct().Count() > 1)
            {
                foreach (int side in sides)
                    yield return [.. indices.Select(i => Sequence[i]), side];
            }
            int digit = 0;
            while (digit < sequences && ++indices[digit] == Sequence.Length)
                indices[digit++] = 0;
            if (digit == sequences)
                yield break;
        }
    }

    private static Dictionary<string, Kind> Open(IReadOnlyList<Port> ports)
    {
        var open = new Dictionary<string, Kind>(StringComparer.Ordinal);
        for (int p = 0; p < ports.Count; p++)
        {
            for (int axis = 0; axis < ports[p].Rank; axis++)
            {
                if (ports[p].Dims[axis] is null)
                    open.TryAdd(Key(ports, p, axis), KindOf(ports[p], axis));
            }
        }
        return open;
    }

    /// <summary>The name that a size shares with others of the same name; a name of its own where it has none.</summary>
    private static string Key(IReadOnlyList<Port> ports, int port, int axis) => ports[port].DimNames[axis] ?? $"\0{port}.{axis}";

    private static Kind KindOf(Port port, int axis)
    {
        string name = port.DimNames[axis]?.ToLowerInvariant() ?? "";
        if (name.Contains("batch") || name is "n" or "b")
            return Kind.Batch;
        if (name.Contains("seq") || name.Contains("length") || name.Contains("tokens"))
            return Kind.Sequence;
        if (name.Contains("height") || name.Contains("width") || name is "h" or "w")
            return Kind.Spatial;
        if (axis == 0)
            return Kind.Batch;
        if (port.Rank != 4 || !port.ElementType.IsFloating())
            return Kind.Sequence;
        return IsPixel(port, axis) ? Kind.Spatial : Kind.Channels;
    }

    /// <summary>Axes 1 and 2 where the channels stand last, else the last two.</summary>
    private static bool IsPixel(Port port, int axis)
    {
        bool channelsLast = port.Dims[3] is 1 or 3 or 4 && port.Dims[1] is not (1 or 3 or 4);
        return channelsLast ? axis is 1 or 2 : axis is 2 or 3;
    }
}
