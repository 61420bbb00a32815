using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>
/// Units that products make of one value, x, and that one product reads, with a path between that is linear and treats all of a group alike
/// (values of attention): units x V_g arrive as L_g x V_g, L_g being what the group mixes, whatever V_g is.
/// </summary>
internal sealed class ValueNet
{
    private readonly GraphAnalysis _analysis;
    private readonly (Consumer Product, int Column)[][] _makers;
    private readonly int[][] _units, _positions;
    private readonly Node[] _path;
    private readonly Writer[] _biases;

    private ValueNet(Place place, (Consumer, int)[][] makers, Node[] path, GraphAnalysis analysis)
    {
        Consumer = place.Consumers[0];
        _analysis = analysis;
        _makers = makers;
        _path = path;
        _units = place.Dimension.Units;
        _positions = [.. _units.Select(g => Consumer.PositionsOf(g).Select(p => p.Single()).ToArray())];
        _biases = [.. place.Values.Where(w => w.Numbers.Constant!.Count == w.Numbers.Constant.Dims.Max())];
    }

    /// <summary>What reads the units.</summary>
    public Consumer Consumer { get; }

    /// <summary>A product that makes units.</summary>
    public Consumer Maker => _makers[0][0].Product;

    public int Groups => _units.Length;

    /// <summary>Units of a group.</summary>
    public int Size => _units[0].Length;

    /// <summary>Null where the units are made in another way.</summary>
    /// <param name="place">Where units of which the basis is free are made and read.</param>
    /// <param name="products">All products with numbers of their own.</param>
    /// <param name="analysis">Of the graph.</param>
    public static ValueNet? Find(Place place, IReadOnlyList<Consumer> products, GraphAnalysis analysis)
    {
        if (place.Values.Length == 0 || place.Consumers is not [{ IsDense: true } consumer])
            return null;
        int[] flat = [.. place.Dimension.Units.SelectMany(g => g)];
        HashSet<int> units = [.. flat];
        var path = new LinearPath(analysis, units.Contains);
        var between = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var makers = new List<Consumer>();
        var open = new Stack<Value>([consumer.Input]);
        while (open.TryPop(out Value? value))
        {
            if (products.FirstOrDefault(p => p.Result == value) is { } product)
            {
                if (!makers.Contains(product))
                    makers.Add(product);
            }
            else if (value.Producer is not { Subgraphs.Count: 0 } node)
            {
                return null;
            }
            else if (between.Add(node))
            {
                Value[] carrying = [.. node.Inputs.OfType<Value>().Where(path.Carries)];
                if (carrying.Any(v => analysis.Of(v).IsConstant) && !(node.Is("Add") && carrying.Any(v => !analysis.Of(v).IsConstant)))
                    return null;
                foreach (Value input in carrying.Where(v => !analysis.Of(v).IsConstant))
                    open.Push(input);
            }
        }
        if (makers.Count == 0 || !makers.All(m => m.IsDense && m.Input == makers[0].Input && m.Factors.SequenceEqual(makers[0].Factors)))
            return null;
        (Consumer Product, int[][] Columns)[] made = [.. makers.Select(m => (m, m.MadePositionsOf(flat)))];
        if (!consumer.PositionsOf(flat).All(p => p.Length == 1) || !Enumerable.Range(0, flat.Length).All(u => made.Sum(m => m.Columns[u].Length) == 1))
            return null;
        (Consumer, int)[] each = [.. Enumerable.Range(0, flat.Length).Select(u => made.Where(m => m.Columns[u].Length == 1).Select(m => (m.Product, m.Columns[u][0])).Single())];
        return new ValueNet(place, [.. each.Chunk(place.Dimension.Size)], [.. analysis.Graph.Nodes.Where(between.Contains)], analysis);
    }

    /// <summary>V_g [positions of x, units].</summary>
    public Matrix Writer(int group)
    {
        Matrix columns = new(Maker.Width, Size);
        foreach (IGrouping<Consumer, (int Column, int Unit)> maker in MakersOf(group))
        {
            Matrix weight = maker.Key.Weight;
            foreach ((int column, int unit) in maker)
            {
                for (int f = 0; f < weight.Rows; f++)
                    columns[f, unit] = weight[f, column];
            }
        }
        return columns;
    }

    /// <summary>The numbers that are added to units on their way [units, constants].</summary>
    public Matrix Biases(int group)
    {
        var biases = new Matrix(Size, _biases.Length);
        for (int b = 0; b < _biases.Length; b++)
        {
            Matrix own = _biases[b].Read(_units[group]);
            for (int i = 0; i < Size; i++)
                biases[i, b] = own[i, 0];
        }
        return biases;
    }

    /// <summary>W_g [units, outputs].</summary>
    public Matrix Reader(int group) => Consumer.Weight.SelectRows(_positions[group]);

    /// <summary>Units of a group that are not among <paramref name="gone"/>.</summary>
    public int[] Left(int group, IReadOnlySet<int> gone)
    {
        HashSet<int> left = [.. Consumer.Left([.. gone])];
        return [.. Enumerable.Range(0, Size).Where(i => left.Contains(_positions[group][i]))];
    }

    /// <summary>Writes V_g, W_g and what is added of some units of a group.</summary>
    public void Write(int group, int[] units, Matrix writer, Matrix reader, Matrix biases)
    {
        Matrix all = Consumer.Weight;
        for (int i = 0; i < units.Length; i++)
            reader.Row(i).CopyTo(all.Row(_positions[group][units[i]]));
        Consumer.Weight = all;
        foreach (IGrouping<Consumer, (int Column, int Unit)> maker in MakersOf(group))
        {
            Matrix weight = maker.Key.Weight;
            foreach ((int column, int unit) in maker.Where(m => units.Contains(m.Unit)))
            {
                for (int f = 0; f < weight.Rows; f++)
                    weight[f, column] = writer[f, Array.IndexOf(units, unit)];
            }
            maker.Key.Weight = weight;
        }
        for (int b = 0; b < _biases.Length; b++)
            _biases[b].Write([.. units.Select(u => _units[group][u])], biases.SelectColumns([b]));
    }

    /// <summary>
    /// What the consumer reads, and behind it what it would read if <paramref name="directions"/> of x were in the place of units, as often as the path has to be
    /// walked for that: [rows..., width]; null if sizes are not known well enough.
    /// </summary>
    /// <param name="segment">A part of the graph.</param>
    /// <param name="directions">[positions of x, n], n a multiple of the units of a group.</param>
    public Value? Rows(Segment segment, Matrix directions)
    {
        var parts = new List<Value?> { Own(segment, segment.Find(Consumer.Input.Name)) };
        for (int pass = 0; pass * Size < directions.Columns; pass++)
            parts.Add(Own(segment, Carry(segment, directions.SelectColumns([.. Enumerable.Range(pass * Size, Size)]))));
        return parts.Any(p => p is null) ? null : segment.Graph.Add("Concat", "", "mixed", parts).Set("axis", -1).Result;
    }

    /// <summary>For each group, where its units and then what it makes of directions lie in <see cref="Rows"/>.</summary>
    /// <param name="directions">How many.</param>
    public int[][] Columns(int directions)
    {
        int[] order = [.. _positions.SelectMany(g => g).Order()];
        return [.. _positions.Select(g => Enumerable.Range(0, (directions / Size) + 1).SelectMany(part => g.Select(p => (part * order.Length) + Array.BinarySearch(order, p))).ToArray())];
    }

    private IEnumerable<IGrouping<Consumer, (int Column, int Unit)>> MakersOf(int group) =>
        _makers[group].Select((m, unit) => (m.Product, m.Column, unit)).GroupBy(m => m.Product, m => (m.Column, m.unit));

    // without what else the consumer reads
    private Value? Own(Segment segment, Value value)
    {
        if (RowView.Build(segment, value, _analysis.Of(Consumer.Input), Consumer.Factors) is not { } rows)
            return null;
        int[] order = [.. _positions.SelectMany(g => g).Order()];
        return order.Length == Consumer.Width ? rows : segment.Graph.Add("Gather", "", "own", [rows, segment.Graph.NewInitializer("positions", Tensor.Vector([.. order.Select(p => (long)p)]))]).Set("axis", -1).Result;
    }

    // the path once more, with other weights and nothing added
    private Value Carry(Segment segment, Matrix directions)
    {
        var map = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (Consumer product in _makers.SelectMany(g => g).Select(m => m.Product).Distinct())
        {
            var weight = new Matrix(product.Width, product.Outputs);
            foreach ((int column, int unit) in Enumerable.Range(0, Groups).SelectMany(MakersOf).Where(m => m.Key == product).SelectMany(m => m))
            {
                for (int f = 0; f < weight.Rows; f++)
                    weight[f, column] = directions[f, unit];
            }
            map[product.Result.Name] = product.Again(segment, weight);
        }
        foreach (Node node in _path)
        {
            Value?[] inputs = [.. node.Inputs.Select(v => v is null ? null : map.GetValueOrDefault(v.Name))];
            if (node.Is("Add") && inputs.Count(v => v is not null) < inputs.Length)
            {
                map[node.Result.Name] = inputs.OfType<Value>().Single();
                continue;
            }
            Node copy = segment.Graph.AddLike(node, $"mixed.{node.OpType}", node.Inputs.Select((v, i) => v is null ? null : inputs[i] ?? segment.Find(v.Name)));
            foreach ((Value? output, Value? own) in node.Outputs.Zip(copy.Outputs).Where(o => o.First is not null))
                map[output!.Name] = own!;
        }
        return map[Consumer.Input.Name];
    }
}
