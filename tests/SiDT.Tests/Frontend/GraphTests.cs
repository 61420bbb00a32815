using System.Diagnostics;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Writing;
using Xunit;

namespace SiDT.Tests.Frontend;

public sealed class GraphTests
{
    [Fact]
    public void Sweep_drops_what_no_output_needs_and_keeps_what_a_body_reads()
    {
        ModelProto proto = Protos.Linear();
        var body = new GraphProto
        {
            Node = { Protos.Node("Add", "", ["h", "k"], ["o"]), Protos.Node("Neg", "", ["only_here"], ["dead"]) },
            Output = { Protos.Info("o", 1) },
        };
        proto.Graph.Initializer.Add([Protos.Floats("k", 1), Protos.Floats("only_here", 1), Protos.Floats("unused", 1)]);
        proto.Graph.Node.Add(Protos.Node("If", "if", ["x"], ["z"], Protos.Graph("then_branch", body)));
        proto.Graph.Node.Add(Protos.Node("Neg", "dead", ["y"], ["dead_too"]));
        proto.Graph.Output.Add(Protos.Info("z", 1));
        Model model = ModelReader.FromProto(proto);

        model.Graph.Sweep();

        Assert.Equal(["MatMul", "Add", "If"], model.Graph.Nodes.Select(n => n.OpType));
        Assert.Equal(["x", "w", "b", "k", "h", "y", "z"], model.Graph.Values.Select(v => v.Name));
        Assert.Single(model.Graph.Nodes[2].Subgraphs["then_branch"].Nodes);
    }

    [Fact]
    public void Sweep_works_on_nodes_that_are_not_sorted_yet()
    {
        Model model = ModelReader.FromProto(Protos.Linear());
        Graph graph = model.Graph;
        Value y = graph.Find("y")!;
        Value h = graph.Find("h")!;
        Value scaled = graph.Op("Mul", "scaled", graph.Op("Neg", "neg", h), h);
        y.Producer!.SetInput(0, scaled);

        graph.Sweep();
        graph.Sort();

        Assert.Equal(["MatMul", "Neg", "Mul", "Add"], graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Removed_nodes_leave_nothing_behind()
    {
        Model model = ModelReader.FromProto(Protos.Linear());
        Graph graph = model.Graph;

        graph.Remove(n => n.Inputs.Any(i => i?.Name == "b"));

        Assert.Equal(["MatMul"], graph.Nodes.Select(n => n.OpType));
        Assert.Empty(graph.Find("h")!.Uses);
        Assert.Null(graph.Find("y")!.Producer);
    }

    [Fact]
    public void Inputs_and_outputs_know_that_they_are()
    {
        Graph graph = ModelReader.FromProto(Protos.Linear()).Graph;
        Value x = graph.Find("x")!;
        Value y = graph.Find("y")!;
        Value h = graph.Find("h")!;
        Assert.True(x.IsInput && !x.IsOutput && y.IsOutput && !y.IsInput && !h.IsOutput);

        graph.Outputs[0] = h;
        Assert.True(h.IsOutput && !y.IsOutput);
        graph.Outputs.Add(y);
        Assert.Equal(1, graph.Outputs.RemoveAll(v => v == h));
        Assert.True(!h.IsOutput && y.IsOutput);
        graph.Outputs.Clear();
        Assert.False(y.IsOutput);
    }

    [Fact]
    public void A_new_name_is_not_that_of_a_value_in_a_body()
    {
        ModelProto proto = Protos.Linear();
        var body = new GraphProto { Node = { Protos.Node("Neg", "", ["h"], ["inner"]) }, Output = { Protos.Info("inner", 1) } };
        proto.Graph.Node.Add(Protos.Node("If", "if", ["x"], ["z"], Protos.Graph("then_branch", body)));
        Graph graph = ModelReader.FromProto(proto).Graph;

        Assert.Equal("inner_1", graph.NewValue("inner").Name);
        Assert.Equal("fresh", graph.NewValue("fresh").Name);
        graph.Rename(graph.Find("h")!, "renamed");
        Assert.Equal("h", graph.NewValue("h").Name);
        Assert.Equal("renamed", ModelWriter.ToProto(graph.Model).Graph.Node[1].Input[0]);
    }

    [Fact]
    public void Uses_follow_when_a_value_is_replaced()
    {
        Graph graph = ModelReader.FromProto(Protos.Linear()).Graph;
        Value h = graph.Find("h")!;
        Value other = graph.Op("Neg", "other", graph.Find("x"));

        h.ReplaceUsesWith(other);

        Assert.Empty(h.Uses);
        Assert.Equal("Add", other.Uses.Single().Node.OpType);
        Assert.Same(other, graph.Find("y")!.Producer!.Inputs[0]);
    }

    [Fact]
    public void Ten_thousand_nodes_are_read_sorted_swept_and_written_quickly()
    {
        const int Count = 10_000;
        var graph = new GraphProto { Input = { Protos.Info("v0", 1) }, Output = { Protos.Info($"v{Count}", 1) } };
        graph.Initializer.Add(Protos.Floats("shared", 1));
        for (int i = Count - 1; i >= 0; i--)
        {
            graph.Node.Add(Protos.Node("Add", $"n{i}", [$"v{i}", "shared"], [$"v{i + 1}"]));
            graph.Node.Add(Protos.Node("Neg", $"dead{i}", [$"v{i}"], [$"d{i}"]));
        }
        var watch = Stopwatch.StartNew();
        Model model = ModelReader.FromProto(Protos.Model(graph));

        model.Graph.Sweep();
        model.Graph.Find("shared")!.ReplaceUsesWith(model.Graph.NewInitializer("other", Tensor.Scalar(1f)));
        model.Graph.Remove(n => n.Name == "n5");
        model = model.Clone();
        byte[] bytes = ModelWriter.ToBytes(model);

        Assert.Equal(Count - 1, model.Graph.Nodes.Count);
        Assert.Equal("n0", model.Graph.Nodes[0].Name);
        Assert.NotEmpty(bytes);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
    }
}
