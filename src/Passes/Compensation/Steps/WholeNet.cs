using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Steps;

/// <summary>A feed-forward net as it is before it is cut: what it gives for any row is known, also for rows that no sample has.</summary>
internal sealed class WholeNet : IDisposable
{
    private const string Read = "a", Made = "y";

    private readonly Session _session;
    private readonly FeedForward _net;

    /// <exception cref="RuntimeError">Its body does not run alone.</exception>
    public WholeNet(FeedForward net, SessionSettings settings)
    {
        _net = net;
        Model model = BodyGraph.Around(net.Body);
        Graph graph = model.Graph;
        Value a = BodyGraph.Declare(graph.NewValue(Read), null, net.Inputs);
        graph.Inputs.Add(a);
        Value[] p = [.. net.Producers.Select((layer, i) => Layer(graph, $"P{i}", a, layer))];
        Value z = new BodyGraph(net.Body, graph).Apply(p);
        Value[] y = [.. net.Consumers.Select((layer, i) => Layer(graph, $"y{i}", z, layer))];
        Value made = y.Length == 1 ? graph.Op("Identity", Made, y[0]) : graph.Add("Concat", "", Made, y).Set("axis", 1).Result;
        graph.Rename(made, Made);
        graph.Outputs.Add(BodyGraph.Declare(made, null, net.Outputs));
        _session = Session.Open(model, settings);
    }

    /// <summary>y [rows x out] for a [rows x n].</summary>
    public float[] Run(float[] inputs)
    {
        Tensor rows = Tensor.Of(inputs, inputs.Length / _net.Inputs, _net.Inputs);
        return _session.Run(new Dictionary<string, Tensor> { [Read] = rows })[Made].ToFloats();
    }

    public void Dispose() => _session.Dispose();

    private static Value Layer(Graph graph, string name, Value input, LinearLayer layer)
    {
        Value weight = graph.NewInitializer($"{name}.W", Tensor.Of(layer.Weight.ToFloats(), layer.Weight.Rows, layer.Weight.Columns));
        double[] bias = layer.Bias ?? new double[layer.Weight.Columns];
        Value offset = graph.NewInitializer($"{name}.b", Tensor.Of(bias.Select(b => (float)b).ToArray(), bias.Length));
        return graph.Op("Gemm", name, input, weight, offset);
    }
}
