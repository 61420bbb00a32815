using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>
/// A product with a weight that contracts units away, with a weight and a bias of its own: y = z W + b.
/// Its numbers are changed in place; positions of z are flattened row-major.
/// </summary>
internal sealed class Consumer
{
    private readonly Contraction _contraction;
    private readonly GraphAnalysis _analysis;
    private readonly int[][] _classes;
    private readonly int[] _makers;
    private readonly Value _weight, _bias;

    public Consumer(Contraction contraction, GraphAnalysis analysis, Value weight, Value bias, Value result)
    {
        _contraction = contraction;
        _analysis = analysis;
        _weight = weight;
        _bias = bias;
        Result = result;
        Layout layout = analysis.Of(Input);
        Factors = [.. contraction.Read.SelectMany(a => layout.Axes[a])];
        // labels over more than these positions say nothing of single ones
        _classes = [.. layout.Arrays.Where(a => a.Over.All(Factors.Contains)).Select(a => LabelSpread.Over(a, Factors, l => l < 0 ? -1 : analysis.Flow.Labels.Find(l)))];
        _makers = [.. contraction.Made.Select(axis => Array.IndexOf(contraction.Free, axis))];
        Width = (int)Factors.Aggregate(1L, (p, f) => p * f.Size.Value);
    }

    public Node Node => _contraction.Node;

    public Value Input => _contraction.Activation;

    /// <summary>What leaves it, its bias added.</summary>
    public Value Result { get; }

    public Value WeightValue => _weight;

    public Value BiasValue => _bias;

    /// <summary>The factors of z that are summed over.</summary>
    public Factor[] Factors { get; }

    /// <summary>Positions that are summed over, n.</summary>
    public int Width { get; }

    /// <summary>W as [n, outputs times kernel positions].</summary>
    public Matrix Weight
    {
        get => WeightMatrix.Read(_weight.Constant!, _contraction.Summed);
        set => _weight.Initializer = WeightMatrix.Write(_weight.Constant!, _contraction.Summed, value);
    }

    /// <summary>b [outputs].</summary>
    public double[] Bias
    {
        get => [.. _bias.Constant!.ToFloats().Select(x => (double)x)];
        set => _bias.Initializer = Tensor.FromFloats(_bias.Constant!.Type, [.. value.Select(x => (float)x)], _bias.Constant!.Dims);
    }

    /// <summary>Whether the weight has no positions of a kernel: every column of <see cref="Weight"/> is an output.</summary>
    public bool IsDense => _makers.Length == _contraction.Free.Length || Columns == Outputs;

    private long Columns => _contraction.Free.Aggregate(1L, (p, a) => p * _weight.Constant!.Dims[a]);

    /// <summary>Axes of the result that the weight makes.</summary>
    public int[] MadeAxes => [.. Enumerable.Range(0, _contraction.BiasShape.Length).Where(i => _contraction.BiasShape[i] > 1)];

    /// <summary>Number of outputs.</summary>
    public int Outputs => (int)_contraction.BiasShape.Aggregate(1L, (p, d) => p * d);

    /// <summary>Adds to the bias what each column of <see cref="Weight"/> has to gain; positions of a kernel are summed up.</summary>
    public void AddToBias(ReadOnlySpan<double> columns)
    {
        float[] bias = _bias.Constant!.ToFloats();
        long[] sizes = [.. _contraction.Free.Select(a => _weight.Constant!.Dims[a])];
        var at = new long[sizes.Length];
        for (int k = 0; k < columns.Length; k++)
        {
            long place = 0;
            foreach (int maker in _makers)
                place = (place * sizes[maker]) + at[maker];
            bias[place] += (float)columns[k];
            for (int d = sizes.Length - 1; d >= 0 && ++at[d] == sizes[d]; d--)
                at[d] = 0;
        }
        _bias.Initializer = Tensor.FromFloats(_bias.Constant!.Type, bias, _bias.Constant!.Dims);
    }

    /// <summary>For every unit, the positions of z that go with it.</summary>
    public int[][] PositionsOf(IReadOnlyList<int> units)
    {
        var owner = new Dictionary<int, int>();
        for (int u = 0; u < units.Count; u++)
        {
            foreach (int c in _analysis.Classes.Closure(units[u]))
                owner[c] = u;
        }
        var result = new List<int>[units.Count];
        for (int u = 0; u < units.Count; u++)
            result[u] = [];
        for (int p = 0; p < Width; p++)
        {
            foreach (int[] array in _classes)
            {
                if (array[p] >= 0 && owner.TryGetValue(array[p], out int u))
                {
                    result[u].Add(p);
                    break;
                }
            }
        }
        return [.. result.Select(r => r.ToArray())];
    }

    /// <summary>For every unit, the outputs that make it.</summary>
    public int[][] MadePositionsOf(IReadOnlyList<int> units)
    {
        int[][] classes = MadeClasses();
        var owner = new Dictionary<int, int>();
        for (int u = 0; u < units.Count; u++)
            owner[units[u]] = u;
        List<int>[] result = [.. units.Select(_ => new List<int>())];
        for (int p = 0; p < Outputs; p++)
        {
            foreach (int c in classes.Select(a => a[p]).Distinct())
            {
                if (owner.TryGetValue(c, out int u))
                    result[u].Add(p);
            }
        }
        return [.. result.Select(r => r.ToArray())];
    }

    /// <summary>Inside a part of the graph: the product once more, with other numbers and no bias.</summary>
    /// <param name="segment">The part.</param>
    /// <param name="weight">W as [n, outputs].</param>
    public Value Again(Segment segment, Matrix weight)
    {
        Tensor like = segment.Find(_weight.Name).Constant!;
        Value numbers = segment.Graph.NewInitializer("again", WeightMatrix.Write(like, _contraction.Summed, weight));
        ElementType type = _analysis.Of(_contraction.Numbers).Type;
        if (like.Type != type)
            numbers = segment.Graph.Add("Cast", "", "again_wide", [numbers]).Set("to", (long)type).Result;
        Value Operand(int i) => i == _contraction.Weight ? numbers : i == 2
            ? segment.Graph.NewInitializer("nothing", Tensor.FromFloats(type, new float[_bias.Constant!.Count], _bias.Constant.Dims)) // which old versions ask for
            : segment.Find(Node.Inputs[i]!.Name);
        return segment.Graph.AddLike(Node, "again", Enumerable.Range(0, Node.Inputs.Count).Select(Operand)).Result;
    }

    /// <summary>Outputs of which the classes are not among <paramref name="gone"/>.</summary>
    public int[] MadeLeft(IReadOnlySet<int> gone)
    {
        int[][] classes = MadeClasses();
        return [.. Enumerable.Range(0, Outputs).Where(p => !classes.Any(a => a[p] >= 0 && gone.Contains(a[p])))];
    }

    /// <summary>Positions of which the classes are not among <paramref name="gone"/>.</summary>
    public int[] Left(HashSet<int> gone) => [.. Enumerable.Range(0, Width).Where(p => !_classes.Any(a => a[p] >= 0 && gone.Contains(a[p])))];

    // classes of the outputs, array by array
    private int[][] MadeClasses()
    {
        Layout made = _analysis.Of(Result);
        Factor[] factors = [.. MadeAxes.SelectMany(a => made.Axes[a])];
        return [.. made.Arrays.Where(a => a.Over.All(factors.Contains)).Select(a => LabelSpread.Over(a, factors, l => l < 0 ? -1 : _analysis.Flow.Labels.Find(l)))];
    }
}
