using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Streams;

/// <summary>What is left of a graph behind a place, opened once for all that happens before it.</summary>
internal sealed class Rest : IDisposable
{
    private readonly IReadOnlyList<string> _outputs;
    private readonly Dictionary<string, string> _published; // by output, as it is called here
    private readonly HashSet<string> _crossing;
    private readonly Session? _session;

    /// <param name="model">The whole; its numbers before the place may change later on.</param>
    /// <param name="analysis">Of a graph with the same names.</param>
    /// <param name="lines">Places of that graph.</param>
    /// <param name="place">Where it begins.</param>
    /// <param name="outputs">Of the graph, those that are wanted.</param>
    /// <param name="settings">How ONNX Runtime computes.</param>
    public Rest(Model model, GraphAnalysis analysis, Cutlines lines, int place, IReadOnlyList<string> outputs, SessionSettings settings)
    {
        _crossing = [.. lines.Crossing(place)];
        var segment = new Segment(model, analysis, _crossing);
        _outputs = outputs;
        _published = outputs.Where(o => !_crossing.Contains(o)).ToDictionary(o => o, segment.Publish);
        _session = segment.Open(settings);
    }

    /// <summary>Values that cross the place.</summary>
    public IReadOnlyCollection<string> Crossing => _crossing;

    /// <summary>The outputs that these values lead to; some may be among them.</summary>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> crossing)
    {
        IReadOnlyDictionary<string, Tensor>? results = _session?.Run(_session.Inputs.ToDictionary(i => i.Name, i => crossing[i.Name]));
        return _outputs.ToDictionary(o => o, o => _published.TryGetValue(o, out string? name) ? results![name] : crossing[o]);
    }

    public void Dispose() => _session?.Dispose();
}
