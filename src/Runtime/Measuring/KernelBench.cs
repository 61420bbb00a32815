using System.Collections.Immutable;
using System.Diagnostics;
using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Which sizes of an operator are to be measured: all combinations.</summary>
public sealed record GridRequest(string Operator, ElementType Type, ImmutableArray<ImmutableArray<long>> Sizes)
{
    /// <summary>The combinations in the order of <see cref="CostGrid.Microseconds"/>.</summary>
    internal IEnumerable<Kernel> Kernels
    {
        get
        {
            int count = Sizes.Aggregate(1, (product, s) => product * s.Length);
            for (int i = 0; i < count; i++)
            {
                var sizes = new long[Sizes.Length];
                for (int d = Sizes.Length - 1, rest = i; d >= 0; rest /= Sizes[d--].Length)
                    sizes[d] = Sizes[d][rest % Sizes[d].Length];
                yield return new Kernel(Operator, Type, sizes);
            }
        }
    }
}

/// <summary>
/// Times of kernels as ONNX Runtime's profiler sees them: many side by side in one session, all of them again and again, so that what
/// disturbs the machine for a while disturbs all alike.
/// </summary>
public static class KernelBench
{
    private const long MostWeightBytes = 64 << 20;
    private const int MostNodes = 400, LeastRuns = 12, MostRuns = 60;

    /// <summary>Differences of neighbours below this share are noise: a larger size is then not faster.</summary>
    private const double Noise = 0.05;

    /// <summary>Measures.</summary>
    /// <param name="requests">What.</param>
    /// <param name="settings">How ONNX Runtime computes.</param>
    /// <param name="seconds">Measured time in all, about.</param>
    /// <param name="progress">Told the kernels done and the kernels there are.</param>
    /// <param name="cancel">Stops between runs.</param>
    /// <exception cref="RuntimeError">ONNX Runtime does not run an operator.</exception>
    public static IReadOnlyList<CostGrid> Run(
        IReadOnlyList<GridRequest> requests, SessionSettings settings, double seconds = 20, Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        Kernel[] kernels = [.. requests.SelectMany(r => r.Kernels)];
        var times = new double[kernels.Length];
        for (int done = 0; done < kernels.Length;)
        {
            cancel.ThrowIfCancellationRequested();
            progress?.Invoke(done, kernels.Length);
            var graph = new KernelGraph();
            int first = done;
            while (done < kernels.Length && graph.Count < MostNodes && (graph.Count == 0 || graph.WeightBytes < MostWeightBytes))
                graph.Add(kernels[done], done++);
            double share = seconds * (done - first) / kernels.Length;
            foreach (NodeTime time in NodeTime.Measure(s => Session.Open(graph.ToBytes(), s), settings with { Optimize = false }, session => Repeat(session, graph, share, cancel)))
            {
                if (time.Node.StartsWith('k') && int.TryParse(time.Node.AsSpan(1), out int number))
                    times[number] = time.Microseconds;
            }
        }
        progress?.Invoke(kernels.Length, kernels.Length);
        var grids = new List<CostGrid>();
        int at = 0;
        foreach (GridRequest request in requests)
        {
            int count = request.Sizes.Aggregate(1, (product, s) => product * s.Length);
            double[] own = times[at..(at + count)];
            at += count;
            Monotone.Run(own, [.. request.Sizes.Select(s => s.Length)], Noise);
            grids.Add(new CostGrid(request.Operator, request.Type, request.Sizes, [.. own]));
        }
        return grids;
    }

    private static void Repeat(Session session, KernelGraph graph, double seconds, CancellationToken cancel)
    {
        using PreparedRun run = session.Prepare(graph.Feeds);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < LeastRuns || (i < MostRuns && Stopwatch.GetElapsedTime(start).TotalSeconds < seconds); i++)
        {
            cancel.ThrowIfCancellationRequested();
            run.Run();
        }
    }
}
