using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Runtime;

namespace SiDT.Passes.Importance;

/// <summary>
/// Runs a copy of a model that gives back, instead of its outputs, sums of squares of chosen values. The sums are made inside the graph,
/// so that memory depends on widths only; they are added up over batches in double precision.
/// </summary>
internal sealed class Observation
{
    private readonly Model _model;
    private readonly List<(Probe Probe, string Sum, string Size)> _watched = [];

    public Observation(Model model, IEnumerable<Probe> probes)
    {
        _model = model.Clone();
        Graph graph = _model.Graph;
        while (graph.Outputs.Count > 0)
            graph.Outputs.RemoveAt(graph.Outputs.Count - 1);
        foreach (Probe probe in probes)
            Watch(graph, probe);
        graph.Sweep();
        graph.Sort();
    }

    /// <summary>The mean square at every position of each probe.</summary>
    public Dictionary<Probe, double[]> Run(IEnumerable<IReadOnlyDictionary<string, Tensor>> batches, SessionSettings settings, Action<int>? progress)
    {
        double[][] sums = [.. _watched.Select(w => new double[w.Probe.Sizes.Aggregate(1L, (a, b) => a * b)])];
        var counts = new double[_watched.Count];
        int done = 0;
        if (_watched.Count > 0)
        {
            using Session session = Session.Open(_model, settings);
            HashSet<string> inputs = [.. session.Inputs.Select(i => i.Name)];
            foreach (IReadOnlyDictionary<string, Tensor> batch in batches)
            {
                // inputs that no observed value depends on are gone from the copy
                IReadOnlyDictionary<string, Tensor> results = session.Run(batch.Where(b => inputs.Contains(b.Key)).ToDictionary(b => b.Key, b => b.Value));
                for (int i = 0; i < _watched.Count; i++)
                    counts[i] += Add(sums[i], results[_watched[i].Sum].ToFloats(), results[_watched[i].Size].ToInt64s()[0]);
                done++;
                progress?.Invoke(done);
            }
            if (done == 0)
                throw new ModelError("there are no calibration inputs: name data with '--calib', or choose a criterion that needs none");
        }
        var means = new Dictionary<Probe, double[]>();
        for (int i = 0; i < _watched.Count; i++)
            means[_watched[i].Probe] = Mean(_watched[i].Probe, sums[i], counts[i]);
        return means;
    }

    private static double Add(double[] sums, float[] batch, long elements)
    {
        for (int p = 0; p < sums.Length; p++)
            sums[p] += batch[p];
        return (double)elements / sums.Length;
    }

    private static double[] Mean(Probe probe, double[] sums, double count)
    {
        double[] mean = [.. sums.Select(s => s / Math.Max(1, count))];
        if (!mean.All(double.IsFinite))
            throw new ModelError($"'{probe.Value.Name}' is not finite on the calibration inputs: check them and their preprocessing");
        return mean;
    }

    private void Watch(Graph graph, Probe probe)
    {
        Value value = graph.Find(probe.Value.Name)!, x = value;
        if (probe.Type != ElementType.Float32)
            x = graph.Add("Cast", "", $"{value.Name}_observed", [value]).Set("to", (long)ElementType.Float32).Result;
        x = graph.Op("Mul", $"{value.Name}_square", x, x);
        foreach (long[] run in Runs(probe))
            x = Sum(graph, x, run);
        Value size = graph.Op("Size", $"{value.Name}_size", value);
        _watched.Add((probe, Publish(graph, x, ElementType.Float32), Publish(graph, size, ElementType.Int64)));
    }

    // neighbouring axes are summed together, the last ones first: for such sums ONNX Runtime has fast loops
    private static IEnumerable<long[]> Runs(Probe probe)
    {
        for (int end = probe.Rank; end > 0;)
        {
            int start = end;
            while (start > 0 && !probe.Axes.Contains(start - 1))
                start--;
            if (start < end)
                yield return [.. Enumerable.Range(start, end - start).Select(a => (long)a)];
            end = start - 1;
        }
    }

    private static Value Sum(Graph graph, Value x, long[] axes)
    {
        Node sum = graph.Add("ReduceSum", "", $"{x.Name}_sum", [x]).Set("keepdims", 1);
        if (graph.Model.Opset() >= 13)
            sum.SetInput(1, graph.NewInitializer($"{x.Name}_axes", Tensor.Vector(axes)));
        else
            sum.Set("axes", axes);
        return sum.Result;
    }

    private static string Publish(Graph graph, Value value, ElementType type)
    {
        value.Info = new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type } } };
        graph.Outputs.Add(value);
        return value.Name;
    }
}
