using System.Collections.Immutable;
using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Normalization;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Backend.Timing;

/// <summary>What a table of costs says of one model.</summary>
public sealed class LatencyCosts
{
    private const double TableSeconds = 20, WholeSeconds = 1, NanosecondsPerMillisecond = 1e6;

    private LatencyCosts(Prepared model, CostTable table, CostFactors factors, IReadOnlyDictionary<string, long> sizes)
    {
        (Table, Factors, Sizes) = (table, factors, sizes);
        Times = new KernelTimes(table, factors.Factors);
        double whole = factors.Overhead + (new CostModel(model.Analysis, sizes, Times).Whole.Nanoseconds / NanosecondsPerMillisecond);
        Uncut = factors.Milliseconds > 0 ? whole / factors.Milliseconds : 1;
    }

    /// <summary>Share of the original's latency that is left when only what is free is taken, as the sum of kernels has it.</summary>
    public double Uncut { get; }

    /// <summary>What a measured share of the latency is to the one that the sum of kernels gives: kernels are rated as the original runs them.</summary>
    public double Rating => Factors.Free > 0 && Uncut > 0 ? Factors.Free / Uncut : 1;

    public CostTable Table { get; }

    /// <summary>How the original relates to its kernels.</summary>
    public CostFactors Factors { get; }

    /// <summary>The sizes, of those that the model leaves open, at which it was measured.</summary>
    public IReadOnlyDictionary<string, long> Sizes { get; }

    public KernelTimes Times { get; }

    /// <summary>Measures the kernels of a model at many sizes, and the model itself.</summary>
    /// <param name="model">The model.</param>
    /// <param name="original">The same, opened.</param>
    /// <param name="feeds">What it reads.</param>
    /// <param name="clock">Tells how far it is, and stops.</param>
    /// <param name="exact">Whether what is free will be taken.</param>
    public static LatencyCosts Measure(Prepared model, Session original, IReadOnlyDictionary<string, Tensor> feeds, StageClock clock, bool exact)
    {
        IReadOnlyDictionary<string, long> sizes = OpenSizes.Of(model.Original.Graph, feeds);
        (KernelShape Shape, int Count)[] whole = Kernels(model, sizes);
        IReadOnlyList<GridRequest> requests = GridRequests.Of(new CostModel(model.Analysis, sizes, KernelTimes.None).Kernels.Select(k => k.Shape), whole.Select(k => k.Shape.Whole));
        SessionSettings settings = original.Settings;
        var grids = clock.Run("measuring operators", progress => KernelBench.Run(requests, settings, TableSeconds, progress, clock.Cancel));
        var table = new CostTable(ThreadsOf(settings), settings.Device == Device.Cuda ? "cuda" : "cpu", [.. grids]);
        CostFactors factors = clock.Run("measuring the original", progress => Calibrate(model, table, whole, original, feeds, progress, clock.Cancel));
        Model uncut = model.Fresh().Cut(new UnitSelection(new Dictionary<Dimension, int[][]>()), exact);
        factors = factors with { Free = clock.Run("measuring what is free", progress => PairedRatio.Of(model.Original, uncut, settings, feeds, progress, clock.Cancel)) };
        return new LatencyCosts(model, table with { Models = [factors] }, factors, sizes);
    }

    /// <summary>A table that was made before, perhaps elsewhere; the model counts as the sum of its kernels where the table does not know it.</summary>
    public static LatencyCosts Loaded(CostTable table, Prepared model, IReadOnlyDictionary<string, Tensor> feeds)
    {
        IReadOnlyDictionary<string, long> sizes = OpenSizes.Of(model.Original.Graph, feeds);
        if (table.Models.FirstOrDefault(m => m.Sha256 == model.Input.Sha256) is { } known)
            return new LatencyCosts(model, table, known, sizes);
        double sum = Kernels(model, sizes).Sum(k => k.Count * table.Of(k.Shape.Whole)) / 1000;
        return new LatencyCosts(model, table, new CostFactors(model.Input.Sha256 ?? "", sum, 0, ImmutableSortedDictionary<WorkClass, double>.Empty), sizes);
    }

    /// <summary>Kernels of usual sizes, for tables without a model.</summary>
    public static CostTable Usual(SessionSettings settings, StageClock clock)
    {
        IReadOnlyList<CostGrid> grids = clock.Run("measuring operators", progress => KernelBench.Run(GridRequests.Usual, settings, 2 * TableSeconds, progress, clock.Cancel));
        return new CostTable(ThreadsOf(settings), settings.Device == Device.Cuda ? "cuda" : "cpu", [.. grids]);
    }

    // of the model as it was read, before what is free was taken
    private static (KernelShape Shape, int Count)[] Kernels(Prepared model, IReadOnlyDictionary<string, long> sizes)
    {
        Model original = new Normalizer().Run(model.Original);
        return [.. new CostModel(new DimensionFinder().Run(original.Graph), sizes, KernelTimes.None).Kernels];
    }

    private static CostFactors Calibrate(
        Prepared model, CostTable table, (KernelShape Shape, int Count)[] kernels, Session original, IReadOnlyDictionary<string, Tensor> feeds, Action<int, int> progress, CancellationToken cancel)
    {
        BenchSubject subject = BenchSubject.Of("original", original, feeds, out PreparedRun prepared);
        double median;
        using (prepared)
            median = PairedBench.Run([subject], new BenchSettings(Seconds: WholeSeconds), progress, cancel)[0].Median;
        WorkShares shares = WorkShares.Of(s => Session.Open(model.Original, s), original.Settings, feeds, cancel: cancel);
        // the profiler itself takes time
        double scale = shares.Total > median ? median / shares.Total : 1, overhead = Math.Max(0, median - shares.Total);
        var factors = ImmutableSortedDictionary.CreateBuilder<WorkClass, double>();
        foreach (WorkClass work in Enum.GetValues<WorkClass>())
        {
            double sum = kernels.Where(k => KernelKinds.ClassOf(k.Shape.Operator) == work).Sum(k => k.Count * table.Of(k.Shape.Whole)) / 1000;
            double seen = scale * shares.Milliseconds.GetValueOrDefault(work);
            if (sum > 0)
                factors[work] = seen / sum;
            else
                overhead += seen; // nothing of it can shrink
        }
        return new CostFactors(model.Input.Sha256 ?? "", median, overhead, factors.ToImmutable());
    }

    private static int ThreadsOf(SessionSettings settings) => settings.Threads > 0 ? settings.Threads : Environment.ProcessorCount;
}
