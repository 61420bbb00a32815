using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Steps;
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
    private readonly Flow _teacher, _student, _judge;
    private readonly SessionSettings _settings;
    private readonly ActivationMemory _memory = new();
    private readonly RowPiles _piles = new();
    private readonly int _rows;

    // sizes at which damage is measured, and rows that it is measured on: few rank dimensions as well as many
    private static readonly double[] s_shares = [0.5, 0.25];
    private const int DamageRows = 8;

    // moments take memory until they are used
    private const int SeenTogether = 4;

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
        _teacher = new Flow(analysis, _lines, settings, () => _original, _memory);
        _student = new Flow(analysis, _lines, settings, () => work, _memory);
        // before the first place both networks are the same
        _teacher.Start(batches, uncut is null ? _places.Select(p => p.Start).DefaultIfEmpty().Min() : 0);
        _student.Start(_teacher);
        _student.HeldOut = Guard.HeldOut(options, _teacher.Batches, rows);
        _tokens.Samples = (long)_teacher.Batches * rows;
        _judge = new Flow(analysis, _lines, settings, () => work, _memory);
        _judge.Start(_teacher, _student.HeldOut);
    }

    /// <summary>
    /// What happens to the outputs when one dimension alone is cut and fitted, at a few sizes, on a few samples: for every count that may be kept
    /// the mean square of the change that will be left of it, convex in the count. The graph is left as it was.
    /// </summary>
    /// <param name="wanted">The dimensions in question.</param>
    /// <param name="progress">Told how many are done, of how many.</param>
    public IReadOnlyDictionary<Dimension, double[]> Damages(Func<Dimension, bool> wanted, Action<int, int>? progress = null)
    {
        Place[] places = [.. _places.Where(p => p.Dimension.Size > 1 && wanted(p.Dimension))];
        IReadOnlyDictionary<Place, double> shares = Corrects ? Followers.Shares(places) : places.ToDictionary(p => p, _ => 1.0);
        var damages = new Dictionary<Dimension, double[]>();
        var setting = new Setting(_analysis, _consumers, _tokens, new Silencing(_analysis), _options);
        using var flow = new Flow(_analysis, _lines, _settings, () => _analysis.Graph.Model, _memory);
        flow.Start(_teacher);
        string[] outputs = [.. _analysis.Graph.Outputs.Where(o => _analysis.Of(o).Type.IsFloating()).Select(o => o.Name)];
        int few = Math.Min(flow.Batches, Math.Max(1, (DamageRows + _rows - 1) / _rows));
        flow.HeldOut = flow.Batches > 2 * few ? few : 0; // a fit flatters the rows that it was made to
        var reference = new OutputChange(flow.Outputs(outputs, few));
        IReadOnlyList<Stage> stages = Stage.Of(places, _lines.Volume, IsRow);
        for (int i = 0; i < stages.Count; i++)
        {
            Stage stage = stages[i];
            flow.Move(stage.Start, []);
            _tokens.Depth = DepthOf(stage.Start);
            // what lies behind stays the same, whatever is tried here
            using var rest = new Rest(_analysis.Graph.Model, _analysis, _lines, i + 1 < stages.Count ? stages[i + 1].Start : _lines.Count, outputs, _settings);
            foreach ((Place place, Treatment treatment) in stage.Places.Chunk(SeenTogether).SelectMany(Observed))
            {
                int size = place.Dimension.Size;
                int[] counts = [.. s_shares.Select(r => Math.Max(1, (int)Math.Round(r * size))).Where(k => k < size).Distinct()];
                MakeRoom(); // moments of wide nets are, too
                treatment.Solve(counts[^1]);
                var measured = new List<(int Removed, double Damage)>();
                var before = Numbers.Of(_analysis.Graph);
                foreach (int kept in counts)
                {
                    treatment.Apply(kept);
                    measured.Add((size - kept, reference.Of([.. flow.Outputs([.. rest.Crossing], few).Select(rest.Run)])));
                    before.Restore();
                }
                damages[place.Dimension] = [.. DamageByCount.Of(size, measured, removed => treatment.Loss(size - removed)).Select(d => shares[place] * d)];
                progress?.Invoke(damages.Count, places.Length);
            }
        }
        return damages;

        // all cuts of a stage are made to the same network, so one run shows what they need
        IEnumerable<(Place, Treatment)> Observed(Place[] places)
        {
            Treatment[] treatments = [.. places.Select(p => Create(p, setting, _ => null))];
            IStatistic[] statistics = [.. treatments.SelectMany(t => t.Statistics)];
            if (statistics.Length > 0)
                flow.Observe(statistics);
            return places.Zip(treatments);
        }
    }

    /// <summary>Treats every dimension that shrinks.</summary>
    /// <param name="kept">How many units of each group stay.</param>
    /// <param name="progress">Told how many dimensions are done, of how many.</param>
    /// <param name="silent">Classes that are silent already.</param>
    public CompensationResult Run(IReadOnlyDictionary<Dimension, int> kept, Action<int, int>? progress = null, IReadOnlySet<int>? silent = null)
    {
        var setting = new Setting(_analysis, _consumers, _tokens, new Silencing(_analysis), _options) { Gone = [.. silent ?? new HashSet<int>()] };
        var removed = new Dictionary<Dimension, int[][]>();
        var applied = new Dictionary<Dimension, AppliedTreatment>();
        Place[] shrinking = [.. _places.Where(p => kept.TryGetValue(p.Dimension, out int k) && k < p.Dimension.Size)];
        var guard = new Guard(_analysis, _judge, _student, _teacher, _rows);
        var whole = Numbers.Of(_analysis.Graph);
        Place[] healing = Healing(shrinking);
        IReadOnlyList<Stage> stages = Stage.Of([.. shrinking, .. healing], _lines.Volume, p => !healing.Contains(p) && IsRow(p));
        int done = 0;
        for (int i = 0; i < stages.Count; i++)
        {
            Stage stage = stages[i];
            MakeRoom(); // the rows of a stage are large, and are to go before the next ones come
            _tokens.Depth = DepthOf(stage.Start);
            if (i == 0)
                _teacher.Move(stage.Start, []);
            _student.Move(stage.Start, []);
            Dictionary<Consumer, Residual> residuals = Corrects
                ? stage.Places.SelectMany(p => p.Consumers).Distinct().Select(c => Residual.Of(c, _analysis, silent)).OfType<Residual>().ToDictionary(r => r.Consumer)
                : [];
            _teacher.Move(i + 1 < stages.Count ? stages[i + 1].Start : stage.Start, [.. residuals.Values.Select(r => r.Stream.Name).Distinct()]);
            Dictionary<string, string> targets = residuals.Values.DistinctBy(r => r.Original).ToDictionary(r => r.Original, r => r.Stream.Name);
            if (guard.IsThere)
                guard.Approach(i + 1 < stages.Count ? _lines.Crossing(_teacher.Place) : [], _teacher);
            foreach (Place place in stage.Places)
            {
                IRefinement? refinement = RefinementOf(place);
                if (healing.Contains(place))
                {
                    Heal(place, refinement);
                    progress?.Invoke(++done, shrinking.Length + healing.Length);
                    continue;
                }
                int count = kept[place.Dimension];
                Treatment treatment = Apply(place, count, refinement);
                int[][] gone = treatment.Removed(count);
                removed[place.Dimension] = gone;
                setting.Gone.UnionWith(_analysis.Classes.Gone(gone.SelectMany((indices, g) => indices.Select(i => place.Dimension.Units[g][i]))));
                string? unrefined = refinement is null ? null : guard.Improve(() => refinement.Run(_analysis.Graph.Model, setting.Gone, treatment.Share), refinement.Nearer);
                applied[place.Dimension] = new AppliedTreatment(
                    treatment.IsRotated, treatment.Description + (refinement is null ? "" : unrefined is null ? $" and {refinement.Name}" : $" (no {refinement.Name}: {unrefined})"));
                progress?.Invoke(++done, shrinking.Length + healing.Length);
            }

            // both sides of the dimension together
            IRefinement? RefinementOf(Place place)
            {
                if (_options.Steps && place.Net is { } net)
                    return new NetRefinement(net, new RowSamples(net, _analysis, _tokens, residuals.GetValueOrDefault(net.Consumer), _student.Batches, _student.HeldOut, _options.Seed, _piles), _options, _settings);
                return healing.Contains(place) ? null : ValueRefinement.Of(place, kept[place.Dimension], _places, setting, residuals.GetValueOrDefault, _student, _rows);
            }

            // what stays whole makes good what the stream has lost before it
            void Heal(Place place, IRefinement? refinement)
            {
                foreach (Consumer consumer in place.Consumers.Where(residuals.ContainsKey))
                {
                    var correction = new ConsumerCorrection(consumer, new ReadMoments(consumer, _analysis, _tokens, residuals[consumer]));
                    IRefinement? steps = place.Net?.Consumer == consumer ? refinement : null;
                    _student.Observe(steps is null ? [correction.Moments] : [correction.Moments, steps.Samples], Target);
                    guard.Improve(() => correction.Run(consumer.Left(setting.Gone), _options.Correction, _options.CorrectionRidge));
                    if (steps is not null)
                        guard.Improve(() => steps.Run(_analysis.Graph.Model, setting.Gone, _options.Correction));
                }
            }

            Tensor? Target(string name, int batch) => targets.TryGetValue(name, out string? stream) ? _teacher.Read(stream, batch) : null;

            Treatment Apply(Place place, int count, IRefinement? refinement)
            {
                bool isSampled = false;
                var plain = new PlainSelection(place.Dimension, setting, _scores.Of(place.Dimension), place.Why);
                IEnumerable<Treatment> candidates = Candidates(place, setting, c => residuals.GetValueOrDefault(c)).Select(Solved);
                if (guard.IsThere)
                    return guard.Choose(count, plain, candidates);
                Treatment treatment = candidates.FirstOrDefault(c => c.IsSolved, plain);
                treatment.Share = treatment.Shares[0];
                treatment.Apply(count);
                return treatment;

                Treatment Solved(Treatment candidate)
                {
                    IStatistic[] statistics = refinement is null || isSampled ? [.. candidate.Statistics] : [.. candidate.Statistics, refinement.Samples];
                    isSampled = true; // once is enough, and the first run takes them along
                    if (statistics.Length > 0)
                        _student.Observe(statistics, Target);
                    try
                    {
                        candidate.Solve(count);
                    }
                    catch (Algebra.AlgebraError error)
                    {
                        plain.Why = error.Message;
                        return plain;
                    }
                    if (!candidate.IsSolved)
                        plain.Why = "too little is known of its sizes";
                    return candidate;
                }
            }
        }
        if (_options.LastLayer && shrinking.Length > 0)
        {
            guard.Improve(() =>
            {
                RefitLast(setting);
                return null;
            });
        }
        if (guard.IsThere && applied.Count > 0)
        {
            PlainSelection[] plain = [.. shrinking.Select(p => new PlainSelection(p.Dimension, setting, _scores.Of(p.Dimension), "all else together did more harm"))];
            if (guard.Falls(kept, plain, whole))
            {
                removed = plain.ToDictionary(t => t.Dimension, t => t.Removed(kept[t.Dimension]));
                applied = plain.ToDictionary(t => t.Dimension, t => new AppliedTreatment(false, t.Description));
            }
        }
        var changed = _analysis.Graph.Initializers.Where(v => _numbers.TryGetValue(v.Name, out Tensor? was) && was != v.Initializer).ToDictionary(v => v.Name, v => _numbers[v.Name]);
        return new CompensationResult(new UnitSelection(removed), applied, changed);
    }

    // whether fits make good a share of what the stream has lost before them
    private bool Corrects => _options.Refit && _options.Correction > 0;

    private static void MakeRoom() => GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);

    // by the places that lie before: 0 at the first, 1 at the last
    private double DepthOf(int start)
    {
        int last = _places.Max(p => p.Start), behind = _places.Count(p => p.Start < last);
        return behind == 0 ? 1 : _places.Count(p => p.Start < start) / (double)behind;
    }

    private bool IsRow(Place place) => _analysis.Classes.IsRow(place.Dimension.Units[0][0]);

    // products that stay whole, behind what is cut
    private Place[] Healing(Place[] shrinking)
    {
        if (!Corrects || shrinking.Length == 0)
            return [];
        int first = shrinking.Min(p => p.Start);
        HashSet<Consumer> fitted = [.. shrinking.SelectMany(p => p.Consumers)];
        return [.. _places.Except(shrinking).Where(p => p.Consumers.Length > 0 && !p.Consumers.Any(fitted.Contains) && p.End > first).DistinctBy(p => p.Consumers[0])];
    }

    private void RefitLast(Setting setting)
    {
        var last = new LastLayers(_analysis, _consumers, setting.Gone, _student.Batches);
        if (last.Layers.Count == 0)
            return;
        int place = last.Layers.Min(r => _lines.PositionOf(r.Consumer.Node));
        _student.Move(place, []);
        _teacher.Move(place, [.. last.Layers.Select(r => r.Stream.Name)]);
        Dictionary<string, string> targets = last.Layers.ToDictionary(r => r.Original, r => r.Stream.Name);
        _student.Observe(last.Statistics, (name, batch) => targets.TryGetValue(name, out string? stream) ? _teacher.Read(stream, batch) : null);
        last.Apply();
    }

    /// <summary>Gives all dimensions another basis that may have one, and takes nothing away: outputs stay equal.</summary>
    /// <returns>How many have another basis now.</returns>
    internal int ChangeBases()
    {
        var setting = new Setting(_analysis, _consumers, _tokens, new Silencing(_analysis), _options);
        int changed = 0;
        foreach (Place place in _places.Where(p => p.Queries.Length + p.Values.Length > 0))
        {
            Treatment treatment = Create(place, setting, _ => null);
            _student.Observe(treatment.Statistics);
            treatment.Solve(place.Dimension.Size);
            if (!treatment.IsRotated || !treatment.IsSolved)
                continue;
            treatment.Apply(place.Dimension.Size);
            changed++;
        }
        return changed;
    }

    public void Dispose()
    {
        _teacher.Dispose();
        _student.Dispose();
        _judge.Dispose();
    }

    // the likeliest to be best first
    private IEnumerable<Treatment> Candidates(Place place, Setting setting, Func<Consumer, Residual?> residuals)
    {
        Treatment first = Create(place, setting, residuals);
        yield return first;
        if (first.IsRotated || !first.IsSolved)
            yield return Create(place with { Queries = [], Keys = [], Values = [], Why = first.IsSolved ? "the basis as it is does less harm" : "too little is known of its sizes" }, setting, residuals);
        if (place.Consumers.Length > 0)
            yield return new ReadSelection(place.Dimension, setting, place.Consumers, _ => null, _scores.Of(place.Dimension), place.Why) { IsOrderedByScores = true };
    }

    private Treatment Create(Place place, Setting setting, Func<Consumer, Residual?> residuals)
    {
        double[][] fallback = _scores.Of(place.Dimension);
        bool rotate = _options.Rotate;
        string? why = rotate ? place.Why : null;
        if (place.Pairs.Length > 0)
        {
            PairMoments[] moments = [.. place.Pairs.Select(p => new PairMoments(p, place.Dimension.Units, _analysis, _tokens))];
            return rotate && place.Queries.Length > 0
                ? new PairRotation(place.Dimension, setting, moments[0], place.Queries, place.Keys, fallback)
                : new PairSelection(place.Dimension, setting, moments, place.Scales, fallback, why);
        }
        if (rotate && place.Values.Length > 0 && place.Consumers is [var consumer])
            return new ValueRotation(place.Dimension, setting, consumer, place.Values, residuals(consumer));
        return new ReadSelection(place.Dimension, setting, place.Consumers, residuals, fallback, why);
    }
}
