using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Gathering;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Passes.Importance;

/// <summary>
/// Mean square of what a unit carries, times the squares of the weights that read it, summed over its readers; the root of that:
/// what the readers' outputs lose when the unit falls silent, correlations aside (Sun et al., "A Simple and Effective Pruning Approach
/// for Large Language Models", equation 1, with the sum taken over outputs and all readers).
/// Units that only a product of two activations reads (query and key) score the root of the product of both mean squares.
/// A head scores what its values carry. Dimensions that no product reads score by magnitude.
/// </summary>
public sealed class ActivationCriterion : ICriterion
{
    private readonly Func<Model, Probe[], Dictionary<Probe, double[]>> _means;

    /// <summary>Looks at data.</summary>
    /// <param name="batches">Calibration inputs; run through once.</param>
    /// <param name="settings">How ONNX Runtime computes.</param>
    /// <param name="progress">Told how many batches are done.</param>
    public ActivationCriterion(IEnumerable<IReadOnlyDictionary<string, Tensor>> batches, SessionSettings settings, Action<int>? progress = null) =>
        _means = (model, probes) => new Observation(model, probes).Run(batches, settings, progress);

    /// <summary>Looks at statistics that were gathered before.</summary>
    public ActivationCriterion(StatisticsFile statistics) =>
        _means = (_, probes) => probes.ToDictionary(p => p, p => GatheredValue.Means(p, statistics));

    public string Name => "activation";

    /// <exception cref="ModelError">There are no batches, or an activation is not finite.</exception>
    public UnitScores Score(GraphAnalysis analysis)
    {
        var live = new LiveClasses(analysis);
        var weights = new WeightSquares(analysis, live);
        IReadOnlyList<Reader> readers = new ReaderFinder(analysis, live).Run();
        Probe[] probes = [.. readers.SelectMany(r => new[] { r.Left, r.Right }).OfType<Probe>().Distinct()];
        Dictionary<Probe, double[]> means = _means(analysis.Graph.Model, probes);
        ReadSquares carried = new(live), paired = new(live);
        foreach (Reader reader in readers)
        {
            Dictionary<int, double> left = reader.Left.ByClass(means[reader.Left]);
            if (reader.Right is { } right)
                paired.Add(left, right.ByClass(means[right]));
            else
                carried.Add(left, Behind(reader.Weight!, analysis, weights));
        }
        double[] magnitudes = weights.ByClass();
        return UnitScores.Of(analysis, dimension =>
        {
            Func<int, double> square = new Func<int, double>[] { carried.Of, paired.Of }.FirstOrDefault(f => dimension.Units.Any(g => g.Any(u => f(u) > 0)))
                ?? (unit => live.ClosureOf(unit).Sum(c => magnitudes[c]));
            return unit => Math.Sqrt(square(unit));
        });
    }

    /// <summary>By class: the squares of the weights that an operand made of constants comes from.</summary>
    private static Dictionary<int, double> Behind(Value operand, GraphAnalysis analysis, WeightSquares weights)
    {
        var sums = new Dictionary<int, double>();
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Value>([operand]);
        while (open.TryPop(out Value? value))
        {
            if (!seen.Add(value))
                continue;
            if (value.Constant is not null)
            {
                foreach ((int c, double square) in weights.Of(value))
                    sums[c] = sums.GetValueOrDefault(c) + square;
                continue;
            }
            // of quantised numbers the numbers, not their scales
            bool isQuantised = value.Producer?.OpType == "DequantizeLinear";
            foreach (Value? input in (value.Producer?.Inputs ?? []).Take(isQuantised ? 1 : int.MaxValue))
            {
                if (input is not null && analysis.Of(input).IsConstant)
                    open.Push(input);
            }
        }
        return sums;
    }
}
