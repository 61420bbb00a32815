using SiDT.Tests.Frontend;
using SiDT.Tests.Hook;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Proof;

/// <summary>Writes the table of what can be cut; a run of <c>eng/coverage</c>.</summary>
[Trait("Category", Categories.Slow)]
public class CoverageTests
{
    /// <summary>Name of the environment variable that says where the table goes.</summary>
    public const string Variable = "SIDT_COVERAGE_OUT";

    [Fact]
    public void Writes_the_table_where_it_is_asked_for()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } path)
            return;
        var table = new CoverageTable();
        if (ZooFactAttribute.Folder is not null)
            table.Add("Graphs that others made", ZooRuns.All);
        table.Add("The mini-zoo", [.. MiniZooGraphs.All.SelectMany(g => MiniZooRuns.Of(g.Name))]);

        File.WriteAllText(path, table + (ZooFactAttribute.Folder is null ? "" : ModuleCoverage.OfZoo()));

        Assert.Contains("| packed-gather |", File.ReadAllText(path));
    }
}
