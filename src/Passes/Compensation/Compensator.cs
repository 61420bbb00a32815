using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Compensation.Treatments;
using SiDT.Passes.Importance;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation;

/// <summary>
/// New numbers for what stays when a plan is executed, in closed form from calibration samples. Dimensions are treated in the order of the graph:
/// later ones see what the cut prefix really produces, and aim at what the original produced. All nodes keep their sizes; units that go fall silent,
/// so that the graph can then be cut as any other.
/// </summary>
public sealed class Compensator : IDisposable
{
    private readonly GraphAnalysis _analysis;
    private readonly UnitScores _scores;
    private readonly CompensationOptions _options;
    private readonly IReadOnlyList<Place> _places;
    private readonly IReadOnlyList<Consumer> _consumers;
    private readonly Cutlines _lines;
    private readonly TokenWeights _tokens;
    private readonly Model _original;
    private readonly Dictionary<string, Tensor> _numbers;
    private readonly Flow _teacher, _student;
    private readonly SessionSettings _settings;
    private readonly int _rows;

    // sizes at which damage is measured, and rows that it is measured on
    private static readonly double[] s_shares = [0.75, 0.5, 0.25, 0.125];
    private const int DamageRows = 48;

    /// <param name="analysis">Of the graph to be cut, which is changed in place: weights that several nodes read become numbers of each, its outputs stay equal.</param>
    /// <param name="scores">How much units matter, where nothing better can be found out.</param>
    /// <param name="batches">Calibration samples; run through once.</param>
    /// <param name="rows">Rows of a batch.</param>
    /// <param name="options">What to do.</param>
    /// <param name="settings">How ONNX Runtime computes.</param>
    /// <param name="uncut">Numbers that the original has instead of the graph's, by name; null where they are the same.</param>
    public Compensator(
        GraphAnalysis analysis, UnitScores scores, IEnumerable<IReadOnlyDictionary<string, Tensor>> batches, int rows, CompensationOptions options, SessionSettings settings,
        IReadOnlyDictionary<string, Tensor>? uncut = null)
    {
        _analysis = analysis;
        _scores = scores;
        _options = options;
        _settings = settings;
        _rows = rows;
        var finder = new PlaceFinder(analysis);
        _places = finder.Run();
        _consumers = finder.Consumers;
        _lines = new Cutlines(analysis);
        _tokens = new TokenWeights(analysis);
        Model work = analysis.Graph.Model;
        _original = work.Clone();
        foreach ((string name, Tensor tensor) in uncut ?? new Dictionary<string, Tensor>())
        {
            if (_original.Graph.Find(name) is { Initializer: not null } value)
                value.Initializer = tensor;
        }
        _numbers = analysis.Graph.Initializers.ToDictionary(v => v.Name, v => v.Initializer!, StringComparer.Ordinal);
        _teacher = new Flow(analysis, _lines, settings, () => _original);
        _student = new Flow(analysis, _lines, settings, () => work);
        _teacher.Start(batches);
        _student.Start(_teacher);
    }

    /// <summary>
    /// What happens to the outputs when one dimension alone is cut and fitted, at a few sizes, on a few samples: for every count that may be kept
    /// the mean square of the change, convex in the count. The graph is left as it was.
    /// </summary>
    /// <param name="wanted">The dimensions in question.</param>
    /// <param name="progress">Told how many are done, of how many.</param>
    public IReadOnlyDictionary<Dimension, double[]> Damages(Func<Dimension, bool> wanted, Action<int, int>? progress = null)
    {
        Place[] places = [.. _places.Where(p => wanted(p.Dimension) && p.Dimension.Size > 1 && !_analysis.Classes.IsRow(p.Dimension.Units[0][0]))];
        var damages = new Dictionary<Dimension, double[]>();
        var setting = new Setting(_analysis, _consumers, _tokens, new Silencing(_analysis), _options);
        using var flow = new Flow(_analysis, _lines, _settings, () => _analysis.Graph.Model);
        flow.Start(_teacher);
        string[] outputs = [.. _analysis.Graph.Outputs.Where(o => _analysis.Of(o).Type.IsFloating()).Select(o => o.Name)];
        int few = Math.Min(flow.Batches, Math.Max(1, (DamageRows + _rows - 1) / _rows)), many = Math.Max(few, (flow.Batches + 1) / 2);
        var reference = new OutputChange(flow.Outputs(outputs, few));
        foreach (Stage stage in Stage.Of(places, _analysis))
        {
            flow.Move(stage.Start, []);
            foreach (Place place in stage.Places)
            {
                Treatment treatment = Create(place, setting, _ => null);
                if (treatment.Statistics.Count > 0)
                    flow.Observe(treatment.Statistics, last: many);
                int size = place.Dimension.Size;
                int[] counts = [.. s_shares.Select(r => Math.Max(1, (int)Math.Round(r * size))).Where(k => k < size).Distinct()];
                treatment.Solve(counts[^1]);
                var measured = new List<(int Removed, double Damage)>();
                Dictionary<Value, Tensor> before = _analysis.Graph.Initializers.ToDictionary(v => v, v => v.Initializer!);
                foreach (int kept in counts)
                {
                    treatment.Apply(kept);
                    measured.Add((size - kept, reference.Of(flow.Outputs(outputs, few))));
                    foreach ((Value value, Tensor tensor) in before)
                        value.Initializer = tensor;
                }
                damages[place.Dimension] = DamageByCount.Of(size, measured);
                progress?.Invoke(damages.Count, places.Length);
            }
        }
        return damages;
    }

    /// <summary>Treats every dimension that shrinks.</summary>
    /// <param name="kept">How many units of each group stay.</param>
    /// <param name="progress">Told how many dimensions are done, of how many.</param>
    public CompensationResult Run(IReadOnlyDictionary<Dimension, int> kept, Action<int, int>? progress = null)
    {
        var setting = new Setting(_analysis, _consumers, _tokens, new Silencing(_analysis), _options);
        var removed = new Dictionary<Dimension, int[][]>();
        var applied = new Dictionary<Dimension, AppliedTreatment>();
        Place[] shrinking = [.. _places.Where(p => kept.TryGetValue(p.Dimension, out int k) && k < p.Dimension.Size)];
        IReadOnlyList<Stage> stages = Stage.Of(shrinking, _analysis);
        for (int i = 0; i < stages.Count; i++)
        {
            Stage stage = stages[i];
            if (i == 0)
                _teacher.Move(stage.Start, []);
            _student.Move(stage.Start, []);
            Dictionary<Consumer, Residual> residuals = _options.Refit && _options.Correction > 0
                ? stage.Places.SelectMany(p => p.Consumers).Distinct().Select(c => Residual.Of(c, _analysis)).OfType<Residual>().ToDictionary(r => r.Consumer)
                : [];
            _teacher.Move(i + 1 < stages.Count ? stages[i + 1].Start : stage.Start, [.. residuals.Values.Select(r => r.Stream.Name).Distinct()]);
            Dictionary<string, string> targets = residuals.Values.DistinctBy(r => r.Original).ToDictionary(r => r.Original, r => r.Stream.Name);
            foreach (Place place in stage.Places)
            {
                Treatment treatment = Create(place, setting, c => residuals.GetValueOrDefault(c));
                NetRefinement? refinement = _options.Steps && place.Net is { } net
                    ? new NetRefinement(net, new RowSamples(net, _analysis, _tokens, residuals.GetValueOrDefault(net.Consumer), _options.Correction, _student.Batches, _options.Seed), _options, _settings)
                    : null;
                if (treatment.Statistics.Count > 0)
                    _student.Observe(refinement is null ? treatment.Statistics : [.. treatment.Statistics, refinement.Samples], (name, batch) => targets.TryGetValue(name, out string? stream) ? _teacher.Read(stream, batch) : null);
                int count = kept[place.Dimension];
                treatment.Solve(count);
                treatment.Apply(count);
                int[][] gone = treatment.Removed(count);
                removed[place.Dimension] = gone;
                setting.Gone.UnionWith(_analysis.Classes.Gone(gone.SelectMany((indices, g) => indices.Select(i => place.Dimension.Units[g][i]))));
                string? unrefined = refinement?.Run(_analysis.Graph.Model, setting.Gone);
                applied[place.Dimension] = new AppliedTreatment(
                    treatment.IsRotated, treatment.Description + (refinement is null ? "" : unrefined is null ? " and steps" : $" (no steps: {unrefined})"));
                progress?.Invoke(applied.Count, shrinking.Length);
            }
        }
        var changed = _analysis.Graph.Initializers.Where(v => _numbers.TryGetValue(v.Name, out Tensor? was) && was != v.Initializer).ToDictionary(v => v.Name, v => _numbers[v.Name]);
        return new CompensationResult(new UnitSelection(removed), applied, changed);
    }

    public void Dispose()
    {
        _teacher.Dispose();
        _student.Dispose();
    }

    private Treatment Create(Place place, Setting setting, Func<Consumer, Residual?> residuals)
    {
        double[][] fallback = _scores.Of(place.Dimension);
        bool rotate = _options.Rotate;
        string? why = rotate ? place.Why : null;
        if (place.Pair is { } pair)
        {
            var moments = new PairMoments(pair, place.Dimension.Units, _analysis, _tokens);
            return new PairRotation(place.Dimension, setting, moments, rotate ? place.Queries : [], rotate ? place.Keys : [], fallback, why);
        }
        if (rotate && place.Values.Length > 0 && place.Consumers is [var consumer])
            return new ValueRotation(place.Dimension, setting, consumer, place.Values, residuals(consumer));
        return new ReadSelection(place.Dimension, setting, place.Consumers, residuals, fallback, why);
    }
}
