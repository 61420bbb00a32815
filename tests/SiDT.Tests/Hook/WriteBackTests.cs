using SiDT.Backend.Hook;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;
using SiDT.Tests.Cli;
using SiDT.Tests.Frontend;
using SiDT.Tests.MiniZoo;
using Xunit;
using TemporaryFolder = SiDT.Tests.Runtime.TemporaryFolder;

namespace SiDT.Tests.Hook;

/// <summary>Trained numbers go back into the same file, and nothing else of it changes.</summary>
public sealed class WriteBackTests
{
    [Fact]
    [Trait("Category", Categories.Slow)]
    public void Changed_weights_change_the_outputs_of_the_file_as_those_of_the_module() => Check(Path.Combine(Repository.Root, "models", "fashion-vit.onnx"));

    [Fact]
    [Trait("Category", Categories.Slow)]
    public void A_pruned_model_takes_changed_weights_too()
    {
        using var folder = new TemporaryFolder();
        ModelWriter.Write(Cut.Unevenly(ModelReader.Read(Path.Combine(Repository.Root, "models", "fashion-vit.onnx"))), folder["small.onnx"]);
        Check(folder["small.onnx"]);
    }

    [ZooFact]
    [Trait("Category", Categories.Slow)]
    public void Every_layout_of_weights_in_the_zoo_takes_changed_weights()
    {
        string[] layouts = ["clip__external", "segformer__constnodes", "cait__f16cast", "eva__bf16cast", "gqa__concat-weights", "vit_sep__transposed-weights", "vit_sep__flax-nofold", "deit__f64", "deit__headfirst", "vit_sep__tied-blocks", "deit__ms-attention"];
        foreach (string name in layouts)
            Check(Path.Combine(ZooFactAttribute.Folder!, $"{name}.onnx"), name.Contains("16", StringComparison.Ordinal) ? 2e-2 : 1e-4);
    }

    [Fact]
    public void Numbers_that_are_used_whole_and_in_parts_stay_one_while_each_place_learns()
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        string x = g.Input("x", [2, 5, 6]), bias = g.Bias("bias", 8);
        string whole = g.Op("Add", g.Op("MatMul", x, g.Weight("a.weight", 1, 6, 8)), bias);
        string part = g.Op("Add", g.Op("MatMul", x, g.Weight("b.weight", 1, 6, 4)), g.Op("Slice", bias, g.Constant(2), g.Constant(6), g.Constant(0)));
        g.Output(whole, "y", 2, 5, 8);
        g.Output(part, "z", 2, 5, 4);
        using var folder = new TemporaryFolder();
        string path = folder["shared.onnx"];
        ModelWriter.Write(g.Build(), path);
        EmittedModule module = new ModuleEmitter().Emit(ModelReader.Read(path), "Network", "Graph0");
        EmittedNetwork network = EmittedAssembly.Compile([module]).Open(module, "Graph0", path);
        double more = 0;
        foreach ((_, TorchSharp.Modules.Parameter parameter) in network.Network.named_parameters())
            parameter.copy_(parameter + (more += 0.1));
        network.Tie(path);
        network.Save(path);
        Assert.InRange(EmittedZoo.Distance(network, path), 0, 1e-5);
    }

    private static void Check(string original, double tolerance = 1e-4)
    {
        using var folder = new TemporaryFolder();
        string path = folder[Path.GetFileName(original)];
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(original)!, $"{Path.GetFileName(original)}*"))
            File.Copy(file, folder[Path.GetFileName(file)]);
        EmittedModule module = new ModuleEmitter().Emit(ModelReader.Read(path), "Network", "Graph0");
        EmittedNetwork network = EmittedAssembly.Compile([module]).Open(module, "Graph0", path);
        Assert.InRange(EmittedZoo.Distance(network, path), 0, tolerance);

        byte[] before = File.ReadAllBytes(path);
        foreach ((_, TorchSharp.Modules.Parameter parameter) in network.Network.named_parameters())
            parameter.copy_(parameter * 1.2 + 0.01);
        double moved = EmittedZoo.Distance(network, path);
        network.Save(path);
        Assert.True(moved > 10 * tolerance, $"{original}: the outputs hardly changed ({moved:e1})");
        Assert.InRange(EmittedZoo.Distance(network, path), 0, tolerance);

        // the same bytes but for the numbers: as long as before, and the same graph
        Assert.Equal(before.Length, new FileInfo(path).Length);
        Assert.Equal(Nodes(ModelReader.Read(original)), Nodes(ModelReader.Read(path)));
        Assert.Equal(Directory.GetFiles(Path.GetDirectoryName(original)!, $"{Path.GetFileName(original)}*").Length, Directory.GetFiles(folder.Path).Length);
    }

    private static string Nodes(Model model) => string.Join("\n", model.Graph.Nodes.Select(n => $"{n} {string.Join(',', n.Inputs)} {string.Join(',', n.Outputs)}")) + string.Join(",", model.Source.MetadataProps.Select(m => m.Value));
}
