using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>
/// Makes a stream indifferent to its basis: scales and shifts of norms go into what reads them, means out of what writes the stream, and norms
/// become norms of mean squares. All of it leaves the outputs of the graph equal, and so does <see cref="Rotate"/>.
/// </summary>
internal sealed class StreamRewriting(GraphAnalysis analysis, StreamLabels labels, StreamMap map)
{
    private readonly OwnNumbers _own = new(analysis);
    private readonly List<Writer> _writers = [], _readers = [];

    /// <summary>Folds, centres and spells; says what it did not understand, and null if nothing.</summary>
    public string? Run()
    {
        (Node Node, int Input)[] scales = [.. map.Scales.Select(s => (s.Node, 1 - s.Input))];
        var affine = map.Norms.SelectMany(n => new[] { n.Scale, n.Shift }).OfType<Value>().Distinct().ToDictionary(v => v, OperandOf);
        _own.Read([.. map.Writers.Concat(scales).Concat(affine.Values).Select(o => o.Node.Inputs[o.Input]!)]);
        Dictionary<Value, double[]> vectors = affine.ToDictionary(a => a.Key, a => VectorOf(_own.Own(a.Value.Node, a.Value.Input)));
        Value[] written = [.. map.Writers.Select(w => _own.Own(w.Node, w.Input)).Distinct()];
        foreach (BranchScale scale in map.Scales)
        {
            Matrix diagonal = Diagonal(VectorOf(_own.Own(scale.Node, 1 - scale.Input)));
            foreach ((Node node, int input) in new BranchWriters(analysis, labels).Of(scale.Branch) ?? [])
                Place(node.Inputs[input]!)?.Mix(labels.Units, diagonal);
            scale.Node.Result.ReplaceUsesWith(scale.Branch);
        }
        foreach (StreamReader reader in map.Readers.Where(r => r.Norm is not null))
            Fold(reader.Consumer, reader.Norm!.Scale is { } s ? vectors[s] : null, reader.Norm.Shift is { } t ? vectors[t] : null);
        foreach (NormSite norm in map.Norms)
            NormSpelling.Run(norm, analysis);
        analysis.Graph.Sweep();
        analysis.Graph.Sort();
        if ((Collect(written, _writers) ?? Collect(map.Readers.Select(r => r.Consumer.WeightValue), _readers)) is { } fault)
            return fault;
        HashSet<Value> known = [.. _writers.Concat(_readers).Select(w => w.Numbers)];
        if (analysis.Graph.Initializers.FirstOrDefault(v => labels.Carries(v) && !known.Contains(v)) is { } unknown)
            return $"'{unknown.Name}' lies on it in a way that is not understood";
        if (map.IsCentred)
        {
            Matrix centring = Centring(labels.Units.Length);
            foreach (Writer writer in _writers)
                writer.Mix(labels.Units, centring);
        }
        return null;
    }

    /// <summary>Takes other axes: row i of <paramref name="axes"/> is the new channel i. The rows are orthonormal.</summary>
    public void Rotate(Matrix axes)
    {
        foreach (Writer place in _writers.Concat(_readers))
            place.Mix(labels.Units, axes);
    }

    /// <summary>For means over the kept channels alone; to be called before the graph is cut, which is not to run uncut any more.</summary>
    public void Settle(int kept)
    {
        double factor = Math.Sqrt((double)labels.Units.Length / kept);
        foreach (NormSite norm in map.Norms)
            NormSpelling.Settle(norm, (double)labels.Units.Length / kept);
        foreach (StreamReader reader in map.Readers.Where(r => r.Norm is not null))
            reader.Consumer.Weight = reader.Consumer.Weight.Scaled(factor);
    }

    private string? Collect(IEnumerable<Value> values, List<Writer> places)
    {
        foreach (Value value in values.Where(v => v.Uses.Count > 0))
        {
            if (Place(value) is not { } place || !labels.Units.All(u => place.Has(u)))
                return $"'{value.Name}' holds it at several places";
            places.Add(place);
        }
        return null;
    }

    private Writer? Place(Value value) => Writer.Of(value, analysis, labels.IsUnit);

    private (Node Node, int Input) OperandOf(Value value)
    {
        HashSet<Node> nodes = [.. map.Norms.SelectMany(n => n.Nodes)];
        Use use = value.Uses.First(u => nodes.Contains(u.Node));
        return (use.Node, use.Index);
    }

    // y = (s x + t) W + b = x (s W) + (b + t W)
    private void Fold(Consumer consumer, double[]? scale, double[]? shift)
    {
        Matrix weight = consumer.Weight;
        int[] places = [.. consumer.PositionsOf(labels.Units).Select(p => p.Single())];
        if (shift is not null)
        {
            var gain = new double[weight.Columns];
            for (int u = 0; u < places.Length; u++)
                Simd.AddScaled(gain, shift[u], weight.Row(places[u]));
            consumer.AddToBias(gain);
        }
        if (scale is null)
            return;
        for (int u = 0; u < places.Length; u++)
        {
            foreach (ref double x in weight.Row(places[u]))
                x *= scale[u];
        }
        consumer.Weight = weight;
    }

    // one number for every unit
    private double[] VectorOf(Value value)
    {
        Dictionary<int, int> order = labels.Units.Select((c, u) => (c, u)).ToDictionary(x => x.c, x => x.u);
        float[] numbers = value.Constant!.ToFloats();
        int[] classes = [.. analysis.Of(value).Arrays.Single(a => a.Labels.Length == numbers.Length).Labels.Select(analysis.Flow.Labels.Find)];
        var vector = new double[order.Count];
        for (int p = 0; p < numbers.Length; p++)
            vector[order[classes[p]]] = numbers[p];
        return vector;
    }

    private static Matrix Diagonal(double[] numbers)
    {
        var matrix = new Matrix(numbers.Length, numbers.Length);
        for (int i = 0; i < numbers.Length; i++)
            matrix[i, i] = numbers[i];
        return matrix;
    }

    // I - 11' / n
    private static Matrix Centring(int size)
    {
        Matrix matrix = Matrix.Identity(size);
        for (int i = 0; i < matrix.Data.Length; i++)
            matrix.Data[i] -= 1.0 / size;
        return matrix;
    }
}
