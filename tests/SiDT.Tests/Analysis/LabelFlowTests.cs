using SiDT.Frontend;
using SiDT.Frontend.Writing;
using SiDT.Passes.Analysis;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Analysis;

/// <summary>Labels arrive where the numbers arrive.</summary>
public class LabelFlowTests
{
    private const int Chains = 60;
    private static readonly int[] s_shape = [4, 6, 5];

    [Fact]
    public void A_label_lies_on_the_numbers_of_its_weight_position_after_any_movement()
    {
        int labelled = 0;
        for (int seed = 0; seed < Chains; seed++)
            labelled += Follow(seed);
        Assert.True(labelled > Chains / 2, $"only {labelled} of {Chains} chains kept a label");
    }

    [Theory]
    [InlineData("Concat")]
    [InlineData("Split")]
    public void A_rule_that_meets_what_its_operator_does_not_have_holds_what_goes_into_it(string type)
    {
        var g = new GraphBuilder(new Spelling());
        string hidden = g.MatMul(g.Input("x", [2, 5]), g.Weight("w", 1, 5, 7));
        g.Output(g.Op(type, [hidden], ("axis", 7L)), "y", 2, 7);
        Model model = g.Build();

        var flow = new LabelFlow();
        flow.Run(model.Graph);

        Assert.Equal(type, Assert.Single(flow.Misfits).Node.OpType);
        Assert.Contains(new DimensionFinder().Run(model.Graph).Dimensions, d => d.Size == 7 && d.Reason!.EndsWith("whose operands or attributes do not fit its operator", StringComparison.Ordinal));
    }

    /// <summary>One where labels are left.</summary>
    private static int Follow(int seed)
    {
        var random = new Random(seed);
        var g = new GraphBuilder(new Spelling());
        string weight = g.Weight("w", [.. Enumerable.Range(0, s_shape.Aggregate(1, (a, b) => a * b)).Select(i => (float)i)], [.. s_shape.Select(d => (long)d)]);
        (string moved, int[] shape) = new Movement(g, random).Run(weight, s_shape, 1 + random.Next(6));
        g.Output(moved, "y", [.. shape.Select(d => (long)d)]);
        Model model = g.Build();
        double[] numbers = RunMiniZoo.Run(ModelWriter.ToBytes(model), [])["y"];

        var flow = new LabelFlow();
        flow.Run(model.Graph);
        Layout layout = flow.Of(model.Graph.Outputs[0]);

        Assert.Equal(shape.Select(d => (long)d), layout.Shape.Select(d => d.Value));
        Factor[] order = [.. layout.Axes.SelectMany(a => a)];
        HashSet<int> known =
        [
            .. flow.Labels.Homes.SelectMany(h => Enumerable.Range(h.Start, h.Count)),
            .. flow.Labels.RowSets.SelectMany(r => r.Rows),
        ];
        for (int k = 0; k < numbers.Length; k++)
        {
            Dictionary<Factor, int> at = Position(order, k);
            int[] owners = Owners(flow, (int)numbers[k]);
            foreach (LabelArray array in layout.Arrays)
            {
                int label = array.Labels[array.Over.Aggregate(0, (index, f) => (index * (int)f.Size.Value) + at[f])];
                if (known.Contains(label)) // Concat gives parts of size one labels of their own
                    Assert.True(Covered(flow, label).Overlaps(owners), $"chain {seed}: position {k} holds number {numbers[k]} under the label of another");
            }
        }
        return layout.Arrays.Any(a => a.Labels.Any(l => l >= 0)) ? 1 : 0;
    }

    private static Dictionary<Factor, int> Position(Factor[] order, int index)
    {
        var at = new Dictionary<Factor, int>();
        for (int i = order.Length - 1; i >= 0; i--)
        {
            at[order[i]] = index % (int)order[i].Size.Value;
            index /= (int)order[i].Size.Value;
        }
        return at;
    }

    /// <summary>The labels of the weight's axes at the place where a number stood.</summary>
    private static int[] Owners(LabelFlow flow, int number)
    {
        var at = new int[s_shape.Length];
        for (int i = s_shape.Length - 1; i >= 0; number /= s_shape[i--])
            at[i] = number % s_shape[i];
        return [.. flow.Labels.Homes.Where(h => h.Tensor.Name.EndsWith('w')).Select(h => flow.Labels.Find(h.Start + at[h.Axis]))];
    }

    /// <summary>What goes with a label: itself, and what the rows that are one with it cover.</summary>
    private static HashSet<int> Covered(LabelFlow flow, int label)
    {
        var found = new HashSet<int>();
        var open = new Stack<int>([label]);
        while (open.TryPop(out int next))
        {
            if (next < 0 || !found.Add(flow.Labels.Find(next)))
                continue;
            foreach (RowSet rows in flow.Labels.RowSets)
            {
                for (int i = 0; i < rows.Rows.Length; i++)
                {
                    if (flow.Labels.Find(rows.Rows[i]) == flow.Labels.Find(next))
                        Array.ForEach(rows.Members[i], open.Push);
                }
            }
        }
        return found;
    }
}
