using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>
/// The value behind a consumer that should be what it was in the original: what it makes, added to whatever goes around it.
/// The difference of the original's from it is what the consumer's output should have on top.
/// </summary>
internal sealed class Residual
{
    private readonly GraphAnalysis _analysis;
    private readonly float[]? _heard;

    private Residual(Consumer consumer, Value stream, IReadOnlyList<Factor> columns, GraphAnalysis analysis, float[]? heard)
    {
        (_analysis, _heard) = (analysis, heard);
        Consumer = consumer;
        Stream = stream;
        Columns = columns;
    }

    public Consumer Consumer { get; }

    /// <summary>The value in question; it has the axes of the consumer's result.</summary>
    public Value Stream { get; }

    /// <summary>The factors of the stream's axes that the consumer's weight makes.</summary>
    public IReadOnlyList<Factor> Columns { get; }

    /// <summary>The name under which the original's numbers are fed.</summary>
    public string Original => $"{Stream.Name}_original";

    /// <summary>Follows sums as far as they go; the consumer's own result where there are none.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="analysis">Of its graph.</param>
    /// <param name="silent">Classes that the stream has no room for: nothing is lacking there.</param>
    public static Residual? Of(Consumer consumer, GraphAnalysis analysis, IReadOnlySet<int>? silent = null)
    {
        if (!consumer.IsDense || !IsRowByRow(consumer.Node))
            return null;
        Value at = consumer.Result;
        Layout own = analysis.Of(at);
        while (!at.IsOutput && at.Uses is [{ Node: { OpType: "Add", Domain: "" } or { OpType: "Identity", Domain: "" } } use]
            && analysis.Of(use.Node.Result) is var layout && layout.Rank == own.Rank && layout.Shape.Select((d, i) => d.IsConstant == own.Shape[i].IsConstant && (!d.IsConstant || d.Value == own.Shape[i].Value)).All(same => same))
        {
            bool isBranch = use.Node.Is("Add") && !analysis.Of(use.Node.Inputs[1 - use.Index]!).IsConstant;
            at = use.Node.Result;
            if (isBranch)
                break;
        }
        Layout made = analysis.Of(at);
        int[] axes = consumer.MadeAxes;
        Factor[] columns = [.. axes.SelectMany(a => made.Axes[a])];
        if (columns.Aggregate(1L, (p, f) => f.Size.IsConstant ? p * f.Size.Value : -1) != consumer.Outputs)
            return null;
        float[]? heard = null;
        if (silent?.Count > 0 && consumer.MadeLeft(silent) is var left && left.Length < consumer.Outputs)
        {
            heard = new float[consumer.Outputs];
            foreach (int p in left)
                heard[p] = 1;
        }
        return new Residual(consumer, at, columns, analysis, heard);
    }

    // a stride or a border makes other rows of what is read
    private static bool IsRowByRow(Node node) =>
        node.OpType is not ("Conv" or "ConvTranspose")
        || ((node.Ints("strides") ?? []).All(s => s == 1) && (node.Ints("pads") ?? []).All(p => p == 0) && node.Text("auto_pad", "NOTSET") is "NOTSET" or "VALID");

    /// <summary>Inside a part of the graph: the original's numbers, which are to be fed, less those of here, as [rows..., columns]; null if sizes are not known well enough.</summary>
    public Value? Difference(Segment segment)
    {
        Value original = segment.Graph.Find(Original) ?? segment.Feed(Original, Stream.Name);
        Value difference = segment.Graph.Op("Sub", $"{Stream.Name}_difference", original, segment.Find(Stream.Name));
        Layout layout = _analysis.Of(Stream);
        int rank = RowView.RowAxes(layout, Columns).Length;
        return RowView.Build(segment, difference, layout, Columns) is { } rows ? GraphMath.Weigh(segment.Graph, rows, _heard, rank, rank + 1) : null;
    }
}
