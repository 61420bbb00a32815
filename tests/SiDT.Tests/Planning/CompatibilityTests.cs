using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Planning;

/// <summary>What dimensions lose together must leave rectangles.</summary>
public class CompatibilityTests
{
    [Theory]
    [InlineData(new[] { 0, 1 }, true)] // a row
    [InlineData(new[] { 1, 3 }, true)] // a column
    [InlineData(new[] { 0, 3 }, false)] // a diagonal: one is left in each row and each column, but no 1x1
    public void Rows_and_columns_of_a_table_can_go_and_diagonals_cannot(int[] removed, bool fits)
    {
        Graph graph = MiniZooGraphs.Named("separate").Make().Graph;
        var flow = new LabelFlow();
        Factor rows = new(2), columns = new(2);
        int[] labels = flow.Labels.NewRange(4);
        flow.Adopt(graph.Outputs[0], new Layout([[rows], [columns]], [new LabelArray([rows, columns], labels)]));
        var dimension = new Dimension { Id = "table", Kind = DimensionKind.Other, Units = [labels] };
        var analysis = new GraphAnalysis(graph, flow, new ClassGraph(flow.Labels), [dimension]);

        var conflict = new Compatibility(analysis).Conflict(new UnitSelection(new Dictionary<Dimension, int[][]> { [dimension] = [removed] }));

        Assert.Equal(fits, conflict is null);
    }
}
