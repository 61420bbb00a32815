using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Steps;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>Products that make the units of a dimension from one value, what lies between, and the product that reads them.</summary>
internal sealed class FeedForwardNet
{
    private readonly GraphAnalysis _analysis;

    private FeedForwardNet(IReadOnlyList<Consumer> producers, Consumer consumer, GraphAnalysis analysis)
    {
        Producers = producers;
        Consumer = consumer;
        _analysis = analysis;
    }

    public IReadOnlyList<Consumer> Producers { get; }

    public Consumer Consumer { get; }

    /// <summary>Null where the units are made in another way.</summary>
    /// <param name="dimension">The units.</param>
    /// <param name="consumer">What reads them.</param>
    /// <param name="products">All products with numbers of their own.</param>
    /// <param name="analysis">Of the graph.</param>
    public static FeedForwardNet? Find(Dimension dimension, Consumer consumer, IReadOnlyList<Consumer> products, GraphAnalysis analysis)
    {
        HashSet<int> units = [.. dimension.Units.SelectMany(g => g)];
        bool Carries(Value v) => analysis.Flow.Layouts.TryGetValue(v, out Layout? layout) && layout.Arrays.Any(a => a.Labels.Any(l => l >= 0 && units.Contains(analysis.Flow.Labels.Find(l))));
        var producers = new List<Consumer>();
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Value>([consumer.Input]);
        while (open.TryPop(out Value? value))
        {
            if (!seen.Add(value) || !Carries(value) || analysis.Of(value).IsConstant)
                continue;
            if (products.FirstOrDefault(p => p.Result == value) is { } producer)
            {
                producers.Add(producer);
                continue;
            }
            if (value.Producer is not { } node || node.Subgraphs.Count > 0 || analysis.Flow.Macs.ContainsKey(node))
                return null;
            foreach (Value input in node.Inputs.OfType<Value>())
                open.Push(input);
        }
        bool isOne = producers.Count > 0 && producers.All(p => p.Input == producers[0].Input && p.IsDense && p.Factors.SequenceEqual(producers[0].Factors)) && consumer.IsDense;
        return isOne ? new FeedForwardNet([.. producers.OrderBy(p => p.Node.Name, StringComparer.Ordinal)], consumer, analysis) : null;
    }

    /// <summary>The layers without what is gone.</summary>
    /// <param name="model">The model as it is.</param>
    /// <param name="gone">Classes that are silent.</param>
    /// <param name="columns">By producer, the outputs that are left.</param>
    /// <param name="rows">The positions of the consumer that are left.</param>
    public FeedForward Cut(Model model, IReadOnlySet<int> gone, out int[][] columns, out int[] rows)
    {
        columns = [.. Producers.Select(p => p.MadeLeft(gone))];
        rows = Consumer.Left(gone as HashSet<int> ?? [.. gone]);
        int[][] made = columns;
        LinearLayer[] front = [.. Producers.Select((p, i) => new LinearLayer(p.Weight.SelectColumns(made[i]), [.. made[i].Select(c => p.Bias[c])]))];
        var back = new LinearLayer(Consumer.Weight.SelectRows(rows), Consumer.Bias);
        return new FeedForward(front, Body(model, made, rows.Length), [back]);
    }

    /// <summary>Writes refined layers back.</summary>
    public void Write(IReadOnlyList<LinearLayer> front, LinearLayer back, int[][] columns, int[] rows)
    {
        for (int i = 0; i < Producers.Count; i++)
        {
            Matrix weight = Producers[i].Weight;
            double[] bias = Producers[i].Bias;
            for (int c = 0; c < columns[i].Length; c++)
            {
                for (int r = 0; r < weight.Rows; r++)
                    weight[r, columns[i][c]] = front[i].Weight[r, c];
                bias[columns[i][c]] = front[i].Bias![c];
            }
            Producers[i].Weight = weight;
            Producers[i].Bias = bias;
        }
        Matrix all = Consumer.Weight;
        for (int r = 0; r < rows.Length; r++)
            back.Weight.Row(r).CopyTo(all.Row(rows[r]));
        Consumer.Weight = all;
        Consumer.Bias = back.Bias!;
    }

    // the nodes between, fed with rows that look like one row of tokens or pixels
    private Model Body(Model model, int[][] columns, int width)
    {
        var segment = new Segment(model, _analysis, Producers.Select(p => p.Result.Name));
        for (int i = 0; i < Producers.Count; i++)
        {
            Value made = segment.Find(Producers[i].Result.Name);
            segment.Graph.Inputs.Remove(made);
            Value fed = segment.Graph.NewValue($"rows{i}");
            Declare(fed, columns[i].Length);
            segment.Graph.Inputs.Add(fed);
            int[] axes = Producers[i].MadeAxes;
            int rank = _analysis.Of(Producers[i].Result).Rank, first = Enumerable.Range(0, rank).First(a => !axes.Contains(a));
            long[] shape = [.. Enumerable.Range(0, rank).Select(a => a == first ? -1 : axes.Contains(a) ? columns[i].Length : 1L)];
            Value target = segment.Graph.NewInitializer("shape", Tensor.Vector(shape));
            segment.Graph.AddWithOutputs("Reshape", "", $"reshape{i}", [fed, target], [made]);
        }
        Value z = RowView.Reshape(segment, segment.Find(Consumer.Input.Name), [-1, width]);
        Declare(z, width);
        segment.Graph.Outputs.Add(z);
        segment.Graph.Sweep();
        segment.Graph.Inputs.RemoveAll(v => v.Uses.Count == 0 && v.Initializer is null);
        segment.Graph.Sort();
        return segment.Model;
    }

    private static void Declare(Value value, long width)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "rows" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = width });
        value.Info = new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType.Float32, Shape = shape } } };
    }
}
