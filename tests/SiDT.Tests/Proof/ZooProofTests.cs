using SiDT.Tests.Frontend;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Proof;

/// <summary>What the mini-zoo shows of tiny graphs holds for graphs that others made.</summary>
[Trait("Category", Categories.Slow)]
public class ZooProofTests(ITestOutputHelper output)
{
    private const double Promised = 0.97;

    [ZooFact]
    public void No_result_is_wrong_and_nothing_stays_whole_without_a_reason() =>
        Assert.Empty(ZooRuns.All.Where(r => !r.IsSound).Select(r => r.ToString()));

    [ZooFact]
    public void Nearly_all_that_can_be_halved_is_halved()
    {
        HashSet<(string, string)> wanted = [.. File.ReadLines(Path.Combine(ZooFactAttribute.Folder!, "expected.tsv")).Skip(1)
            .Select(l => l.Split('\t')).Where(f => f[2] == "yes").Select(f => (f[0], f[1]))];
        Outcome[] asked = [.. ZooRuns.All.Where(r => wanted.Contains((r.Graph, r.Kind)))];

        foreach (Outcome whole in asked.Where(r => !r.IsHalved))
            output.WriteLine(whole.ToString());
        int halved = asked.Count(r => r.IsHalved);
        output.WriteLine($"{halved} of {asked.Length}");
        Assert.Equal(wanted.Count, asked.Length);
        Assert.True(halved >= Promised * asked.Length, $"{halved} of {asked.Length}");
    }
}
