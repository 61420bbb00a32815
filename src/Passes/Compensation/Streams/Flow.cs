using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Streams;

/// <summary>
/// Calibration samples on their way through a graph: the activations that cross a place between two nodes, batch by batch, and how they move on
/// to later places. What crosses is kept, in a file where memory is short.
/// </summary>
internal sealed class Flow : IDisposable
{
    private readonly ActivationStore _store;
    private readonly ActivationMemory _memory;
    private readonly GraphAnalysis _analysis;
    private readonly Cutlines _lines;
    private readonly SessionSettings _settings;
    private readonly Func<Model> _model;

    /// <param name="analysis">Of a graph with the same names.</param>
    /// <param name="lines">Places of that graph.</param>
    /// <param name="settings">How ONNX Runtime computes.</param>
    /// <param name="model">The model as it is at the time.</param>
    /// <param name="memory">Room for what crosses.</param>
    public Flow(GraphAnalysis analysis, Cutlines lines, SessionSettings settings, Func<Model> model, ActivationMemory memory)
    {
        _memory = memory;
        _store = new ActivationStore(memory);
        _analysis = analysis;
        _lines = lines;
        _settings = settings;
        _model = model;
    }

    public int Batches { get; private set; }

    public int Place { get; private set; }

    /// <summary>How many of the first batches nothing is fitted to.</summary>
    public int HeldOut { get; set; }

    /// <summary>Takes the samples in at the inputs, and brings each at once to a place, so that not all inputs need be kept.</summary>
    public void Start(IEnumerable<IReadOnlyDictionary<string, Tensor>> batches, int place = 0)
    {
        Way way = To(place, []);
        using Session? session = way.Segment.Open(_settings);
        foreach (IReadOnlyDictionary<string, Tensor> batch in batches)
        {
            foreach ((string name, Tensor tensor) in batch)
                _store.Write(name, Batches, tensor);
            if (session is not null)
                Run(session, Batches, null, Pass(way));
            _store.KeepOnly(way.Kept, Batches++);
        }
        Place = place;
    }

    /// <summary>Starts where another flow is.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="last">How many batches; all by default.</param>
    public void Start(Flow other, int last = int.MaxValue)
    {
        Batches = Math.Min(other.Batches, last);
        Place = other.Place;
        foreach (string name in _lines.Crossing(Place))
        {
            for (int b = 0; b < Batches; b++)
                _store.Write(name, b, other._store.Read(name, b));
        }
    }

    /// <summary>Runs from here with what statistics observe, and stays.</summary>
    /// <param name="statistics">What is observed.</param>
    /// <param name="extra">Numbers of another flow that the observed parts ask for: inputs by name.</param>
    /// <param name="last">How many batches; all by default.</param>
    public void Observe(IReadOnlyCollection<IStatistic> statistics, Func<string, int, Tensor?>? extra = null, int last = int.MaxValue)
    {
        Segment segment = Open();
        foreach (IStatistic statistic in statistics)
            statistic.Observe(segment);
        Run(segment, extra, statistics.Any(s => s.SeesHeldOut) ? 0 : HeldOut, last, (results, batch) =>
        {
            foreach (IStatistic statistic in statistics.Where(s => batch >= HeldOut || s.SeesHeldOut))
                statistic.Add(results, batch);
        });
    }

    /// <summary>Runs from here, keeps some values besides, and goes on to a later place if there is one.</summary>
    /// <param name="place">Where to go; the present place to stay.</param>
    /// <param name="values">Names of values that are kept until the next move.</param>
    public void Move(int place, IReadOnlyCollection<string> values)
    {
        Way way = To(Math.Max(place, Place), values);
        using (Session? session = way.Segment.Open(_settings))
        {
            for (int b = 0; b < Batches && session is not null; b++)
                Run(session, b, null, Pass(way));
        }
        Place = Math.Max(place, Place);
        _store.KeepOnly(way.Kept);
    }

    /// <summary>A value that crosses here or was kept.</summary>
    public Tensor Read(string name, int batch) => _store.Read(name, batch);

    /// <summary>Runs from here to the outputs, so many batches.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, Tensor>> Outputs(IReadOnlyList<string> names, int last)
    {
        Segment segment = Open();
        var published = names.ToDictionary(segment.Publish, n => n);
        var all = new List<IReadOnlyDictionary<string, Tensor>>();
        Run(segment, null, 0, last, (results, _) => all.Add(results.ToDictionary(r => published[r.Key], r => r.Value)), isKept: true);
        return all;
    }

    public void Dispose() => _store.Dispose();

    private Segment Open() => new(_model(), _analysis, _lines.Crossing(Place));

    // what has to be computed on the way to a later place, by the names that the segment gives it, and what is kept there
    private sealed record Way(Segment Segment, IReadOnlyDictionary<string, string> Published, IReadOnlySet<string> Kept);

    private Way To(int place, IReadOnlyCollection<string> values)
    {
        Segment segment = Open();
        HashSet<string> here = [.. _lines.Crossing(Place)], kept = [.. _lines.Crossing(place), .. values];
        return new Way(segment, kept.Where(n => !here.Contains(n)).ToDictionary(segment.Publish, n => n), kept);
    }

    private Action<IReadOnlyDictionary<string, Tensor>, int> Pass(Way way) => (results, batch) =>
    {
        foreach ((string name, string value) in way.Published)
            _store.Write(value, batch, results[name]);
        _store.KeepOnly(way.Kept, batch); // its arrays take in the next batch
    };

    private void Run(Segment segment, Func<string, int, Tensor?>? extra, int first, int last, Action<IReadOnlyDictionary<string, Tensor>, int> take, bool isKept = false)
    {
        using Session? session = segment.Open(_settings);
        for (int b = first; b < Math.Min(last, Batches) && session is not null; b++)
            Run(session, b, extra, take, isKept);
    }

    private void Run(Session session, int batch, Func<string, int, Tensor?>? extra, Action<IReadOnlyDictionary<string, Tensor>, int> take, bool isKept = false)
    {
        var feeds = session.Inputs.ToDictionary(i => i.Name, i => extra?.Invoke(i.Name, batch) ?? _store.Read(i.Name, batch));
        IReadOnlyDictionary<string, Tensor> results = session.Run(feeds, buffers: isKept ? null : _memory.Buffers);
        take(results, batch);
        if (isKept)
            return;
        foreach (Tensor result in results.Values)
            _memory.Recycle(result);
    }
}
