using System.Collections.Immutable;
using SiDT.Frontend;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Backend.Timing;

/// <summary>Which kernels must be measured at which sizes so that every cut of a graph can be timed.</summary>
public static class GridRequests
{
    private const int Aligned = 8, AlignedFrom = 64;

    private static readonly double[] s_fine = [1, 7 / 8.0, 3 / 4.0, 5 / 8.0, 1 / 2.0, 3 / 8.0, 1 / 4.0, 1 / 8.0];
    private static readonly double[] s_coarse = [1, 3 / 4.0, 1 / 2.0, 1 / 4.0, 1 / 8.0];
    private static readonly double[] s_few = [1, 1 / 2.0, 1 / 8.0];

    /// <summary>Ratios of which the neighbour below is measured too, which is a multiple of nothing.</summary>
    private static readonly double[] s_unaligned = [3 / 4.0, 1 / 2.0, 1 / 4.0];

    /// <summary>The requests for a graph.</summary>
    /// <param name="shapes">Its kernels.</param>
    /// <param name="wholes">Kernels that are needed only as they are.</param>
    public static IReadOnlyList<GridRequest> Of(IEnumerable<KernelShape> shapes, IEnumerable<Kernel> wholes)
    {
        var requests = new List<GridRequest>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (KernelShape shape in shapes)
            Add(Of(shape));
        var table = new CostTable(1, "cpu", [.. requests.Select(r => new CostGrid(r.Operator, r.Type, r.Sizes, []))]);
        foreach (Kernel kernel in wholes.Select(k => k with { Type = TypeOf(k.Type) }))
        {
            if (table.GridFor(kernel) is not { } grid || grid.Distance(kernel.Sizes) > 0)
                Add(new GridRequest(kernel.Operator, kernel.Type, [.. kernel.Sizes.Select(s => ImmutableArray.Create(Math.Max(1, s)))]));
        }
        return requests;

        void Add(GridRequest request)
        {
            if (known.Add($"{request.Operator} {request.Type} {string.Join(';', request.Sizes.Select(s => string.Join(',', s)))}"))
                requests.Add(request);
        }
    }

    /// <summary>Requests that fit any network of usual sizes, for a table that no model is given for.</summary>
    public static IReadOnlyList<GridRequest> Usual { get; } =
    [
        General(KernelKinds.Linear, [1, 50, 200, 784], [16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024], [16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536]),
        General(KernelKinds.MatMul, [1, 3, 6, 12], [1, 50, 200], [8, 16, 32, 64, 128, 200], [16, 32, 64, 128, 200]),
        General(KernelKinds.Conv, [1], [49, 196, 784], [3, 16, 64, 256], [16, 64, 256], [1, 9, 49, 256]),
        General(KernelKinds.Conv, [16, 64, 256], [49, 196, 784], [1], [1], [9, 49]),
        General(KernelKinds.Norm, [1, 50, 200, 784], [16, 64, 192, 384, 768, 1024]),
        General(KernelKinds.Softmax, [50, 200, 600, 2400], [16, 50, 200, 784]),
        General(KernelKinds.Add, [1_000, 10_000, 40_000, 160_000, 640_000]),
        General(KernelKinds.Erf, [1_000, 10_000, 40_000, 160_000, 640_000]),
        General(KernelKinds.Transpose, [1_000, 10_000, 40_000, 160_000, 640_000]),
    ];

    private static GridRequest Of(KernelShape shape)
    {
        int open = shape.Sizes.Count(s => s.Axes.Length > 0);
        return new GridRequest(shape.Operator, TypeOf(shape.Type), [.. shape.Sizes.Select((s, i) => Values(s, shape.Whole.Sizes[i], open))]);
    }

    private static ImmutableArray<long> Values(KernelSize size, long whole, int open)
    {
        whole = Math.Max(1, whole);
        if (size.Axes.Length == 0)
            return [whole];
        double[] ratios = open switch { <= 2 => s_fine, 3 => s_coarse, _ => s_few };
        var values = new SortedSet<long>();
        foreach (double ratio in ratios)
        {
            long value = Math.Max(1, (long)Math.Round(whole * ratio));
            if (whole >= AlignedFrom && ratio < 1)
                value = Math.Max(Aligned, value / Aligned * Aligned);
            values.Add(value);
            if (open <= 2 && value > 1 && s_unaligned.Contains(ratio))
                values.Add(value - 1);
        }
        // several axes that all shrink: an eighth of each
        for (int i = 1; i < size.Axes.Length; i++)
            values.Add(Math.Max(1, values.Min / Aligned));
        return [.. values];
    }

    // processors compute everything else as one of these
    private static ElementType TypeOf(ElementType type) => type == ElementType.Float64 ? type : ElementType.Float32;

    private static GridRequest General(string kind, params long[][] sizes) => new(kind, ElementType.Float32, [.. sizes.Select(s => s.ToImmutableArray())]);
}
