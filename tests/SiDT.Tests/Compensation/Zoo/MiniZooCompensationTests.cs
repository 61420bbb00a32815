using SiDT.Tests.MiniZoo;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Compensation.Zoo;

/// <summary>Compensation works for every way of writing a network, not for one model.</summary>
[Trait("Category", Categories.Slow)]
public class MiniZooCompensationTests(ITestOutputHelper output)
{
    [Fact]
    public void Loses_less_than_plain_slicing_on_nearly_all_graphs_of_the_mini_zoo()
    {
        CompensatedOutcome[] all = MiniZooCompensation.All;
        if (Environment.GetEnvironmentVariable("SIDT_ZOO_OUT") is { } to)
            File.WriteAllLines(Path.Combine(to, "minizoo.tsv"), all.Select(o => o.ToString()));
        foreach (CompensatedOutcome outcome in all.Where(o => !o.IsBetter || o.Fault is not null))
            output.WriteLine(outcome.ToString());
        output.WriteLine($"{all.Count(o => o.IsBetter)} of {all.Length}");

        Assert.Empty(all.Where(o => o.Fault is not null).Select(o => o.ToString()));
        Assert.True(all.Count(o => o.IsBetter) >= 0.95 * all.Length);
        Assert.Empty(all.Where(o => o.IsClear && o.IsBetter == KnownUnimproved.Pairs.ContainsKey((o.Graph, o.Kind))).Select(o => o.ToString()));
    }

    [Fact]
    public void Lists_no_exception_of_a_graph_that_is_not_there() => Assert.All(KnownUnimproved.Pairs.Keys, p => Assert.Equal(p.Graph, MiniZooGraphs.Named(p.Graph).Name));

    [Fact]
    public void A_change_of_basis_alone_leaves_the_outputs_of_the_mini_zoo_equal()
    {
        (MiniZooGraph Graph, (double Difference, int Rotated)? Found)[] all =
            [.. MiniZooGraphs.All.AsParallel().AsOrdered().Select(g => (g, new CompensatedKind(g.Name, g.Make).Rotate()))];
        foreach ((MiniZooGraph graph, (double Difference, int Rotated)? found) in all.Where(a => a.Found is not null))
            output.WriteLine($"{graph.Name}\t{found!.Value.Rotated}\t{found.Value.Difference:g3}");

        Assert.Empty(all.Where(a => a.Found is { } f && !(f.Difference < (a.Graph.Tolerance > 2e-4 ? 1e-2 : 1e-4))).Select(a => $"{a.Graph.Name}: {a.Found!.Value.Difference:g3}"));
    }
}
