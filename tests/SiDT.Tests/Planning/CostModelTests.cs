using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Planning;

/// <summary>The cost of a selection is what counting the really cut graph gives.</summary>
public class CostModelTests
{
    public static TheoryData<string> Names => [.. MiniZooGraphs.All.Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_cost_of_a_selection_is_counted_in_the_cut_graph(string name)
    {
        for (int seed = 0; seed < 4; seed++)
        {
            var model = new Analysed(MiniZooGraphs.Named(name).Make());
            var costs = new CostModel(model.Analysis);
            UnitSelection selection = model.RandomSelection(seed);

            Cost expected = costs.Of(selection);
            Cost found = new CostModel(new DimensionFinder().Run(model.Cut(selection).Graph)).Whole;

            Assert.Empty(costs.Uncounted);
            Assert.Equal(found, expected);
        }
    }
}
