using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Analysis;

/// <summary>A graph is walked when it is asked for, and again only where a change asks for it.</summary>
public class GraphFactsTests
{
    [Fact]
    public void One_walk_serves_until_the_graph_changes()
    {
        var facts = new GraphFacts(MiniZooGraphs.Named("separate").Make());
        LabelFlow walk = facts.Flow;
        Assert.Same(walk, facts.Flow);
        Assert.Same(walk, facts.Analyse().Flow);
        facts.Changed(keepsShapes: true);
        Assert.NotSame(walk, facts.Flow);
    }

    [Fact]
    public void Shapes_of_new_nodes_are_found_without_another_walk()
    {
        Model model = MiniZooGraphs.Named("separate").Make();
        var facts = new GraphFacts(model);
        LabelFlow walk = facts.Flow;
        Node norm = model.Graph.Nodes.First(n => n.Is("LayerNormalization"));
        Value doubled = model.Graph.Op("Add", "doubled", norm.Result, norm.Result);
        Value halved = model.Graph.Op("Mul", "halved", doubled, model.Graph.NewInitializer("half", Tensor.FromFloats(ElementType.Float32, [0.5f])));
        model.Graph.Sort();
        foreach (Use use in norm.Result.Uses.Where(u => u.Node != doubled.Producer).ToArray())
            use.Node.SetInput(use.Index, halved);
        model.Graph.Sort();
        facts.Changed(keepsShapes: true);
        Assert.Same(walk, facts.Shapes);
        Assert.Equal(walk.Of(norm.Result).Shape.Select(d => d.Key), walk.Of(halved).Shape.Select(d => d.Key));
    }
}
