using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Importance;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Passes.Gathering;

/// <summary>
/// Sums over calibration data of everything that reads units: of each operand that a product contracts, its vectors over the contracted
/// positions. Samples run one by one, so that what a sample adds does not depend on which others are looked at, here or on other
/// machines. Values are gathered in as many passes over the data as memory asks for.
/// </summary>
public sealed class Gatherer
{
    // 512 MiB in float64, what one value of the greatest width takes
    private const long MostNumbers = 1 << 26;

    private readonly Model _model;
    private readonly GatheredValue[] _values;
    private readonly long _mostNumbers;

    public Gatherer(GraphAnalysis analysis)
        : this(analysis, MostNumbers)
    {
    }

    /// <param name="analysis">Of the model.</param>
    /// <param name="mostNumbers">Numbers that are summed in one pass over the data, if one value alone has not more.</param>
    internal Gatherer(GraphAnalysis analysis, long mostNumbers)
    {
        _mostNumbers = mostNumbers;
        _model = analysis.Graph.Model;
        IReadOnlyList<Reader> readers = new ReaderFinder(analysis, new LiveClasses(analysis)).Run();
        _values = [.. readers.SelectMany(r => new[] { r.Left, r.Right }).OfType<Probe>().Distinct().Select(p => new GatheredValue(p)).OrderBy(v => v.Name, StringComparer.Ordinal)];
    }

    /// <summary>Values of which sums are taken.</summary>
    public int Count => _values.Length;

    /// <summary>Values whose second moments are left out, and how wide they are.</summary>
    public IEnumerable<(string Value, long Width)> TooWide => _values.Where(v => v.Moments is null).Select(v => (v.Probe.Value.Name, v.Width));

    /// <summary>What a file of the sums holds.</summary>
    public IReadOnlyList<StatisticsArray> Arrays => [.. _values.SelectMany(v => v.Arrays)];

    /// <summary>Gathers and writes.</summary>
    /// <param name="rows">What the model is fed.</param>
    /// <param name="settings">How ONNX Runtime computes.</param>
    /// <param name="writer">Gets the numbers of <see cref="Arrays"/>.</param>
    /// <param name="progress">Told how many samples are done, of how many.</param>
    /// <exception cref="ModelError">An activation is not finite.</exception>
    /// <exception cref="DataError">The data are at fault.</exception>
    public void Run(CalibrationSet rows, SessionSettings settings, StatisticsWriter writer, Action<int, int>? progress = null)
    {
        GatheredValue[][] passes = [.. Passes()];
        for (int pass = 0; pass < passes.Length; pass++)
        {
            var graph = new MomentGraph(_model, passes[pass]);
            ValueSums[] sums = [.. passes[pass].Zip(graph.Outputs, (value, outputs) => new ValueSums(value, outputs))];
            using Session session = Session.Open(graph.Model, settings);
            HashSet<string> inputs = [.. session.Inputs.Select(i => i.Name)];
            int done = pass * rows.Rows;
            foreach (CalibrationBatch batch in rows.Singles())
            {
                IReadOnlyDictionary<string, Tensor> results = session.Run(batch.Feeds.Where(f => inputs.Contains(f.Key)).ToDictionary(f => f.Key, f => f.Value));
                foreach (ValueSums of in sums)
                    of.Check(results, batch.Sample[0]);
                Parallel.ForEach(sums, s => s.Add(results, (double)batch.Count / batch.Rows));
                progress?.Invoke(done += batch.Count, passes.Length * rows.Rows);
            }
            foreach (ValueSums of in sums)
                of.Write(writer);
        }
        writer.Finish();
    }

    private IEnumerable<GatheredValue[]> Passes()
    {
        var pass = new List<GatheredValue>();
        foreach (GatheredValue value in _values)
        {
            if (pass.Count > 0 && pass.Sum(v => v.Numbers) + value.Numbers > _mostNumbers)
            {
                yield return [.. pass];
                pass.Clear();
            }
            pass.Add(value);
        }
        if (pass.Count > 0)
            yield return [.. pass];
    }
}
