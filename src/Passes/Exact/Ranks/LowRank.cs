using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact.Dead;
using SiDT.Passes.Exact.Folding;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Exact.Ranks;

/// <summary>
/// Queries and keys meet in a product alone, q k' = (x A) (y B)', and so do values and the projection behind them, P (y A) B'. Where A B'
/// has a lower rank than its width, factors of that rank compute the same. The heads keep one width, that of the largest rank.
/// Not where anything but movements lies between: a rotation by position or a norm sees the basis.
/// </summary>
public sealed class LowRank : IExactPass
{
    public string Name => "rank";

    public string? Run(GraphFacts facts)
    {
        if (!facts.Model.Graph.Nodes.Any(IsAttention))
            return null; // without a product of activations there is nothing of that kind
        GraphAnalysis analysis = facts.Analyse();
        int gone = 0;
        foreach (Dimension dimension in analysis.Dimensions)
        {
            if (!dimension.IsFrozen && dimension.Kind is DimensionKind.Qk or DimensionKind.V)
                gone += Reduce(dimension, analysis);
        }
        if (gone == 0)
            return null;
        facts.Changed(keepsShapes: true);
        new DeadUnits().Run(facts); // the columns beyond the rank are zero
        return $"{gone} units that the rank of a product does not need";
    }

    private static int Reduce(Dimension dimension, GraphAnalysis analysis)
    {
        if (Sides(dimension, analysis) is not var (left, right, leftColumns, rightColumns))
            return 0;
        var a = new Side(left, makes: true);
        var b = new Side(right, makes: dimension.Kind == DimensionKind.Qk);
        // one head of full rank keeps the width of all
        for (int g = 0; g < dimension.Groups; g++)
        {
            if (a.IsSurelyFull(leftColumns[g]) && b.IsSurelyFull(rightColumns[g]))
                return 0;
        }
        (double[,] A, double[,] B, int Rank)[] reduced = [.. Enumerable.Range(0, dimension.Groups).Select(g => Factors.Reduce(a.Read(leftColumns[g]), b.Read(rightColumns[g])))];
        int rank = Math.Max(1, reduced.Max(r => r.Rank));
        if (rank >= dimension.Size)
            return 0;
        if (left.Bias is null && reduced.Any(r => HasBias(r.A, left.Inputs)))
            return 0;
        for (int g = 0; g < dimension.Groups; g++)
        {
            a.Write(leftColumns[g], reduced[g].A);
            b.Write(rightColumns[g], reduced[g].B);
        }
        a.Commit();
        b.Commit();
        return dimension.Groups * (dimension.Size - rank);
    }

    // rows of a bias that is not there stay zero but for rounding
    private static bool HasBias(double[,] numbers, int inputs)
    {
        for (int i = inputs; i < numbers.GetLength(0); i += inputs + 1)
        {
            for (int j = 0; j < numbers.GetLength(1); j++)
            {
                if (Math.Abs(numbers[i, j]) > 1e-9)
                    return true;
            }
        }
        return false;
    }

    /// <summary>The layers of both sides and, by group and unit, their columns; null where something else has a share in the units.</summary>
    private static (Linear Left, Linear Right, int[][][] LeftColumns, int[][][] RightColumns)? Sides(Dimension dimension, GraphAnalysis analysis)
    {
        Linear[] layers = [.. dimension.Units.SelectMany(g => g).SelectMany(analysis.SlicesOf).Select(s => s.Tensor).Distinct()
            .Select(t => t.Uses is [{ Index: 1 } use] ? Linear.Of(use.Node) : null).OfType<Linear>()];
        if (layers.Length != 2)
            return null;
        (Linear left, Linear right) = (layers[0], layers[1]);
        if (dimension.Kind == DimensionKind.Qk)
        {
            if (Chains.Reader(left.Output) is not { } one || Chains.Reader(right.Output) is not { } two || one.Node != two.Node || !IsAttention(one.Node) || one.Index > 1 || two.Index > 1 || one.Index == two.Index)
                return null;
        }
        else
        {
            // values go through the product with the weights of attention into the projection
            if (Chains.Reader(left.Output) is not { Node: var product } || !IsAttention(product) || Chains.Reader(product.Result) is not { Index: 0, Node: var read } || read != right.Product)
            {
                (left, right) = (right, left);
                if (Chains.Reader(left.Output) is not { Node: var other } || !IsAttention(other) || Chains.Reader(other.Result) is not { Index: 0, Node: var reader } || reader != right.Product)
                    return null;
            }
        }
        bool made = dimension.Kind == DimensionKind.Qk;
        return Columns(dimension, analysis, left, true, right, made) is { } l && Columns(dimension, analysis, right, made, left, true) is { } r ? (left, right, l, r) : null;
    }

    private static bool IsAttention(Node node) => Chains.IsProductOfActivations(node) || OperatorTable.Key(node) is "com.microsoft::MultiHeadAttention" or "Attention";

    private static int[][][]? Columns(Dimension dimension, GraphAnalysis analysis, Linear layer, bool makes, Linear other, bool otherMakes)
    {
        int axis = (layer.Product.Is("Gemm") && layer.Product.Int("transB", 0) != 0) == makes ? 0 : 1;
        bool Belongs(WeightSlice s) => s.Tensor == layer.Weight || s.Tensor == other.Weight || (makes && s.Tensor == layer.Bias) || (otherMakes && s.Tensor == other.Bias);
        var result = new int[dimension.Groups][][];
        for (int g = 0; g < result.Length; g++)
        {
            result[g] = new int[dimension.Size][];
            for (int i = 0; i < dimension.Size; i++)
            {
                WeightSlice[] slices = [.. analysis.SlicesOf(dimension.Units[g][i])];
                int[] columns = [.. slices.Where(s => s.Tensor == layer.Weight && s.Axis == axis).Select(s => s.Position)];
                if (columns.Length == 0 || slices.Any(s => !Belongs(s) || (s.Tensor == layer.Weight && s.Axis != axis)) || (i > 0 && columns.Length != result[g][0].Length))
                    return null;
                result[g][i] = columns;
            }
        }
        return result;
    }
}
