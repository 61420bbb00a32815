using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Writing;
using Xunit;
using static SiDT.Frontend.Schema.AttributeProto.Types;

namespace SiDT.Tests.Frontend;

public sealed class FunctionInlinerTests
{
    [Fact]
    public void A_call_becomes_the_nodes_of_its_function_with_the_call_in_their_names()
    {
        Model model = Inlined(
            [Call("Affine", "block", ["x"], ["y"])],
            Function("Affine", ["a"], ["c"],
                Protos.Node("Constant", "k", [], ["two"], Protos.Tensor("value", Protos.Floats("", 1))),
                Protos.Node("Mul", "mul", ["a", "two"], ["b"]),
                Protos.Node("Relu", "", ["b"], ["c"])));

        Assert.Equal(["Constant block/k() -> block/two", "Mul block/mul(x, block/two) -> block/b", "Relu (block/b) -> y"], Lines(model));
        Assert.Empty(model.Source.Functions);
        Assert.Equal([""], model.Source.OpsetImport.Select(o => o.Domain));
    }

    [Fact]
    public void A_call_without_a_name_is_named_after_its_output_and_equal_names_are_told_apart()
    {
        Model model = Inlined(
            [Call("F", "", ["x"], ["h"]), Call("F", "same", ["h"], ["i"]), Call("F", "same", ["i"], ["y"])],
            Function("F", ["a"], ["c"], Protos.Node("Neg", "n", ["a"], ["b"]), Protos.Node("Relu", "r", ["b"], ["c"])));

        Assert.Equal(
            ["Neg h/n(x) -> h/b", "Relu h/r(h/b) -> h", "Neg same/n(h) -> same/b", "Relu same/r(same/b) -> i", "Neg same_2/n(i) -> same_2/b", "Relu same_2/r(same_2/b) -> y"],
            Lines(model));
    }

    [Fact]
    public void Functions_that_call_functions_are_inlined_at_every_level()
    {
        Model model = Inlined(
            [Call("Outer", "o", ["x"], ["y"])],
            Function("Outer", ["a"], ["b"], Call("Inner", "i", ["a"], ["t"]), Call("Inner", "j", ["t"], ["b"])),
            Function("Inner", ["a"], ["b"], Protos.Node("Neg", "n", ["a"], ["t"]), Protos.Node("Relu", "r", ["t"], ["b"])),
            Function("Unused", ["a"], ["b"], Protos.Node("Neg", "n", ["a"], ["b"])));

        Assert.Equal(["Neg o/i/n(x) -> o/i/t", "Relu o/i/r(o/i/t) -> o/t", "Neg o/j/n(o/t) -> o/j/t", "Relu o/j/r(o/j/t) -> y"], Lines(model));
    }

    [Fact]
    public void The_overload_of_the_call_chooses_the_function()
    {
        NodeProto call = Call("F", "f", ["x"], ["y"]);
        call.Overload = "second";
        FunctionProto second = Function("F", ["a"], ["b"], Protos.Node("Relu", "r", ["a"], ["b"]));
        second.Overload = "second";

        Model model = Inlined([call], Function("F", ["a"], ["b"], Protos.Node("Neg", "n", ["a"], ["b"])), second);

        Assert.Equal(["Relu f/r(x) -> y"], Lines(model));
    }

    [Fact]
    public void Attributes_come_from_the_call_or_the_default_or_are_left_out()
    {
        NodeProto call = Call("F", "f", ["x"], ["y"]);
        call.Attribute.Add(Protos.Int("given", 3));
        FunctionProto function = Function("F", ["a"], ["b"], Protos.Node("Flatten", "n", ["a"], ["b"],
            Protos.Reference("axis", "given", AttributeType.Int), Protos.Reference("other", "standard", AttributeType.Int), Protos.Reference("none", "absent", AttributeType.Int)));
        function.Attribute.Add(["given", "absent"]);
        function.AttributeProto.Add([Protos.Int("standard", 7), Protos.Int("given", 9)]);

        Node node = Inlined([call], function).Graph.Nodes.Single();

        Assert.Equal(3, node.Int("axis", 0));
        Assert.Equal(7, node.Int("other", 0));
        Assert.False(node.Has("none"));
    }

    [Fact]
    public void Left_out_inputs_and_outputs_stay_left_out()
    {
        Model model = Inlined(
            [Call("F", "f", ["x"], ["", "y"])],
            Function("F", ["a", "low", "high"], ["unused", "b"], Protos.Node("Clip", "c", ["a", "low", "high"], ["b"]), Protos.Node("Neg", "n", ["a"], ["unused"])));

        Assert.Equal(["Clip f/c(x, _, _) -> y", "Neg f/n(x) -> f/unused"], Lines(model));
    }

    [Fact]
    public void A_function_may_return_its_input_or_one_value_twice()
    {
        Model model = Inlined(
            [Call("F", "f", ["x"], ["same", "p", "q"]), Protos.Node("Sum", "s", ["same", "p", "q"], ["y"])],
            Function("F", ["a"], ["a", "b", "b"], Protos.Node("Neg", "n", ["a"], ["b"])));

        Assert.Equal(["Identity f/a(x) -> same", "Neg f/n(x) -> p", "Identity f/b(p) -> q", "Sum s(same, p, q) -> y"], Lines(model));
    }

    [Fact]
    public void Bodies_of_control_flow_are_renamed_and_searched_for_calls()
    {
        var branch = new GraphProto
        {
            Node = { Call("Inner", "i", ["a"], ["deep"]), Protos.Node("Cast", "c", ["deep"], ["out"], Protos.Reference("to", "type", AttributeType.Int)) },
            Output = { Protos.Info("out", 1) },
            Initializer = { Protos.Floats("w", 1) },
        };
        FunctionProto function = Function("F", ["a"], ["b"],
            Protos.Node("If", "if", ["a"], ["b"], Protos.Graph("then_branch", branch), Protos.Graph("else_branch", branch.Clone())));
        NodeProto call = Call("F", "f", ["x"], ["y"]);
        call.Attribute.Add(Protos.Int("type", 10));

        Model model = Inlined([call], function, Function("Inner", ["p"], ["q"], Protos.Node("Neg", "n", ["p"], ["q"])));

        Graph body = model.Graph.Nodes.Single().Subgraphs["else_branch"];
        Assert.Equal(["Neg f/i_2/n(x) -> f/deep", "Cast f/c(f/deep) -> f/out"], Lines(body));
        Assert.Equal(10, body.Nodes[1].Int("to", 0));
        Assert.Equal(["f/w"], body.Initializers.Select(v => v.Name));
        Model again = ModelReader.FromBytes(ModelWriter.ToBytes(model));
        Assert.Equal(Lines(body), Lines(again.Graph.Nodes.Single().Subgraphs["else_branch"]));
    }

    [Fact]
    public void A_graph_may_be_an_argument()
    {
        var body = new GraphProto { Node = { Protos.Node("Neg", "n", ["t"], ["out"]) }, Output = { Protos.Info("out", 1) } };
        NodeProto call = Call("F", "f", ["x"], ["y"]);
        call.Attribute.Add(Protos.Graph("then", body));
        FunctionProto function = Function("F", ["a"], ["b"],
            Protos.Node("Abs", "", ["a"], ["t"]), Protos.Node("If", "if", ["t"], ["b"], Protos.Reference("then_branch", "then", AttributeType.Graph)));

        Model model = Inlined([Protos.Node("Relu", "r", ["x"], ["t"]), call], function);

        Assert.Equal(["Neg f/n(t) -> f/out"], Lines(model.Graph.Nodes.Single(n => n.Is("If")).Subgraphs["then_branch"]));
        Assert.Single(model.Graph.Find("t")!.Uses);
    }

    [Fact]
    public void Types_that_a_function_declares_and_operators_that_it_imports_are_kept()
    {
        FunctionProto function = Function("F", ["a"], ["b"], new NodeProto { OpType = "Gelu", Domain = "com.microsoft", Input = { "a" }, Output = { "t" } }, Protos.Node("Neg", "n", ["t"], ["b"]));
        function.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        function.ValueInfo.Add(Protos.Info("t", 1, 16));

        Model model = Inlined([Call("F", "f", ["x"], ["y"])], function);

        Assert.Equal(1, model.Opset("com.microsoft"));
        Assert.Equal(Protos.Info("f/t", 1, 16), model.Graph.Find("f/t")!.Info);
    }

    [Fact]
    public void The_model_itself_is_not_changed()
    {
        ModelProto proto = WithFunctions([Call("F", "f", ["x"], ["y"])], [Function("F", ["a"], ["b"], Protos.Node("Neg", "n", ["a"], ["b"]))]);
        Model model = ModelReader.FromProto(proto);

        FunctionInliner.Inline(model);

        Assert.Equal(proto.ToByteArray(), ModelWriter.ToBytes(model));
    }

    [Fact]
    public void Functions_that_cannot_be_inlined_are_refused()
    {
        Assert.Contains("calls itself", Refusal(Function("F", ["a"], ["b"], Call("F", "again", ["a"], ["b"]))));
        Assert.Contains("does not make its output 'b'", Refusal(Function("F", ["a"], ["b"], Protos.Node("Neg", "n", ["a"], ["c"]))));
        Assert.Contains("makes 'b' twice", Refusal(Function("F", ["a"], ["b"], Protos.Node("Neg", "n", ["a"], ["b"]), Protos.Node("Neg", "m", ["a"], ["b"]))));
        Assert.Contains("makes 'a' twice", Refusal(Function("F", ["a"], ["b"], Protos.Node("Neg", "n", ["a"], ["a", "b"]))));
        Assert.Contains("1 inputs", Refusal(Function("F", [], ["b"], Protos.Node("Neg", "n", ["a"], ["b"]))));
        Assert.Contains("reads 'f/z', which nothing makes", Refusal(Function("F", ["a"], ["b"], Protos.Node("Neg", "n", ["z"], ["b"]))));
        Assert.Contains("cycle", Refusal(Function("F", ["a"], ["b"], Protos.Node("Neg", "n", ["c"], ["b"]), Protos.Node("Neg", "m", ["b"], ["c"]))));
        FunctionProto[] bombs = [.. Enumerable.Range(0, 40).Select(i => Function(i == 0 ? "F" : $"F{i}", ["a"], ["b"], Call($"F{i + 1}", "", ["a"], ["t"]), Call($"F{i + 1}", "", ["t"], ["b"])))];
        Assert.Contains("so often", Refusal(bombs));
    }

    [ZooFact]
    public void The_functions_of_the_zoo_are_inlined()
    {
        string[] paths = [.. ZooFactAttribute.Graphs.Where(p => p.Contains("functions", StringComparison.Ordinal))];
        foreach (string path in paths)
        {
            Model model = FunctionInliner.Inline(ModelReader.Read(path));

            Assert.Empty(model.Source.Functions);
            Assert.All(model.Graph.Nodes, n => Assert.Contains(n.Domain, new[] { "", "com.microsoft" }));
            Model again = ModelReader.FromBytes(ModelWriter.ToBytes(model));
            Assert.Equal(Lines(model), Lines(again));
        }
        Assert.Equal(4, paths.Length);
    }

    private static string Refusal(params FunctionProto[] functions) => Assert.Throws<ModelError>(() => Inlined([Call("F", "f", ["x"], ["y"])], functions)).Message;

    private static Model Inlined(NodeProto[] nodes, params FunctionProto[] functions) => FunctionInliner.Inline(ModelReader.FromProto(WithFunctions(nodes, functions)));

    private static ModelProto WithFunctions(NodeProto[] nodes, FunctionProto[] functions)
    {
        var graph = new GraphProto { Input = { Protos.Info("x", 1, 16) }, Output = { Protos.Info("y", 1, 16) } };
        graph.Node.Add(nodes);
        ModelProto model = Protos.Model(graph);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "local", Version = 1 });
        model.Functions.Add(functions);
        return model;
    }

    private static NodeProto Call(string function, string name, string[] inputs, string[] outputs)
    {
        NodeProto node = Protos.Node(function, name, inputs, outputs);
        node.Domain = "local";
        return node;
    }

    private static FunctionProto Function(string name, string[] inputs, string[] outputs, params NodeProto[] nodes)
    {
        var function = new FunctionProto { Name = name, Domain = "local", OpsetImport = { new OperatorSetIdProto { Version = 17 } } };
        function.Input.Add(inputs);
        function.Output.Add(outputs);
        function.Node.Add(nodes);
        return function;
    }

    private static string[] Lines(Model model) => Lines(model.Graph);

    private static string[] Lines(Graph graph) =>
        [.. graph.Nodes.Select(n => $"{n.OpType} {n.Name}({string.Join(", ", n.Inputs.Select(i => i?.Name ?? "_"))}) -> {string.Join(", ", n.Outputs.Select(o => o?.Name ?? "_"))}")];
}
