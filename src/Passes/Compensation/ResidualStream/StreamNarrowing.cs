using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Proof;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>
/// Narrows residual streams with little loss: along their weakest principal axes where the basis may change, and by silencing channels where
/// not; then everything that touches a stream is fitted to what the uncut network computes. Works on a copy; channels that go are silent in it.
/// </summary>
public sealed class StreamNarrowing(CompensationOptions options, SessionSettings settings)
{
    /// <summary>What is left of the streams; null if none could be treated.</summary>
    /// <param name="work">The graph; it stays as it is.</param>
    /// <param name="analysis">Of that graph.</param>
    /// <param name="kept">How many units of residual streams stay.</param>
    /// <param name="batches">Calibration samples; run through again where a first way fails.</param>
    /// <param name="rows">Rows of a batch.</param>
    /// <param name="progress">Told how many products are fitted, of how many.</param>
    public NarrowedStreams? Run(
        Model work, GraphAnalysis analysis, IReadOnlyDictionary<Dimension, int> kept, IEnumerable<IReadOnlyDictionary<string, Tensor>> batches, int rows, Action<int, int>? progress = null)
    {
        var wanted = new Dictionary<int, int>();
        for (int i = 0; i < analysis.Dimensions.Count; i++)
        {
            Dimension dimension = analysis.Dimensions[i];
            if (dimension.Kind == DimensionKind.Embed && !dimension.IsFrozen && kept.TryGetValue(dimension, out int k) && k < dimension.Size)
                wanted[i] = k;
        }
        if (wanted.Count == 0)
            return null;
        Dictionary<int, string> reasons = options.Rotate ? [] : wanted.Keys.ToDictionary(i => i, _ => "another basis is not wanted");
        NarrowedStreams? narrowed = Try(work, analysis, wanted, batches, rows, reasons, progress);
        if (narrowed is not null || reasons.Count == wanted.Count)
            return narrowed;
        // what a change of basis computed was not the same: without one, then
        return Try(work, analysis, wanted, batches, rows, wanted.Keys.ToDictionary(i => i, _ => "another basis gave other outputs"), progress);
    }

    private NarrowedStreams? Try(
        Model work, GraphAnalysis analysis, Dictionary<int, int> wanted, IEnumerable<IReadOnlyDictionary<string, Tensor>> batches, int rows, Dictionary<int, string> reasons, Action<int, int>? progress)
    {
        try
        {
            return Run(work, analysis, wanted, batches, rows, reasons, progress);
        }
        catch (AlgebraError)
        {
            return null; // numbers that are not finite: nothing was changed but a copy
        }
    }

    private NarrowedStreams? Run(
        Model work, GraphAnalysis analysis, Dictionary<int, int> wanted, IEnumerable<IReadOnlyDictionary<string, Tensor>> batches, int rows, Dictionary<int, string> reasons, Action<int, int>? progress)
    {
        StreamBases bases = StreamBases.Open(work, analysis, wanted.Keys, reasons);
        if (bases.Streams.Count + bases.Selections.Count == 0)
            return null;
        GraphAnalysis own = bases.Analysis;
        Model model = own.Graph.Model;
        Model uncut = model;
        var lines = new Cutlines(own);
        var memory = new ActivationMemory();
        using var teacher = new Flow(own, lines, settings, () => uncut, memory);
        using var student = new Flow(own, lines, settings, () => model, memory);
        teacher.Start(batches);
        student.Start(teacher);
        student.HeldOut = Guard.HeldOut(options, teacher.Batches, rows);
        var tokens = new TokenWeights(own);
        bases.Observe(teacher, tokens);
        if (!new Prover(settings).Compare(work, model, 1, 2).Holds)
            return null;
        uncut = model.Clone();
        Dictionary<int, int[]> removed = bases.Choose(wanted);
        HashSet<int> gone = own.Classes.Gone(removed.SelectMany(r => r.Value.Select(i => own.Dimensions[r.Key].Units[0][i])));
        var silencing = new Silencing(own);
        silencing.Run(gone);
        if (options.Refit)
        {
            Consumer[] readers = [.. bases.Streams.Values.SelectMany(s => s.Map.Readers).Select(r => r.Consumer).Concat(bases.Selections.Values.SelectMany(s => s.Readers)).Distinct()];
            StreamLabels[] labels = [.. bases.Streams.Values.Select(s => s.Labels).Concat(bases.Selections.Values.Select(s => s.Labels))];
            Consumer[] writers = [.. bases.Consumers.Where(c => labels.Any(l => l.Carries(c.Result)) && !readers.Contains(c))];
            new StreamRefits(own, tokens, teacher, student, options).Run(readers, writers, gone, silencing, lines, progress);
        }
        return new NarrowedStreams(model, own, bases, wanted)
        {
            Uncut = uncut.Graph.Initializers.ToDictionary(v => v.Name, v => v.Initializer!, StringComparer.Ordinal),
            Removed = removed,
            Silent = gone,
            Treatments = removed.Keys.ToDictionary(i => i, Describe),
        };

        AppliedTreatment Describe(int index)
        {
            string fit = options.Refit ? " with refit" : "";
            return bases.Selections.TryGetValue(index, out StreamSelection? selection)
                ? new AppliedTreatment(false, $"selection{fit} ({selection.Reason})")
                : new AppliedTreatment(true, $"rotation{fit}");
        }
    }
}
