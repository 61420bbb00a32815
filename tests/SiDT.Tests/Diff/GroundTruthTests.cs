using Google.Protobuf;
using SiDT.Backend.Compilation;
using SiDT.Backend.Diff;
using SiDT.Backend.Reporting;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Writing;
using SiDT.Passes.Planning;
using SiDT.Tests.Frontend;
using SiDT.Tests.MiniZoo;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Diff;

/// <summary>Comparisons of graphs whose differences are known, because they were made here: a third of the mini-zoo, and the zoo where it is.</summary>
[Trait("Category", Categories.Slow)]
public sealed class GroundTruthTests(ITestOutputHelper output)
{
    private const int Edits = 160, Plans = 40;

    private static readonly Lazy<(string Name, ModelProto Proto)[]> s_graphs = new(() =>
    [
        .. MiniZooGraphs.All.Where((_, i) => i % 3 == 0).Select(g => (g.Name, g.Write().ToProto())),
        .. ZooFactAttribute.Folder is null ? [] : ZooFactAttribute.Graphs.Where(p => !File.Exists(p + ".data")).Select(p => (Path.GetFileNameWithoutExtension(p), ModelProto.Parser.ParseFrom(File.ReadAllBytes(p)))),
    ]);

    [Fact]
    public void A_graph_does_not_differ_from_itself_saved_again() =>
        Each(s_graphs.Value, g =>
        {
            Model model = ModelReader.FromProto(g.Proto);
            return Compare(model, ModelReader.FromBytes(ModelWriter.ToBytes(model))) is { Same: true } ? null : $"{g.Name} differs from itself";
        });

    [Fact]
    public void What_is_reported_of_random_edits_is_what_was_edited()
    {
        int made = 0;
        Each([.. Enumerable.Range(0, Edits)], seed =>
        {
            (string name, ModelProto proto) = s_graphs.Value[seed * 7 % s_graphs.Value.Length];
            ModelProto original = proto.Clone();
            original.OpsetImport.Add(new OperatorSetIdProto { Domain = GraphEdits.Domain, Version = 1 });
            GraphEdits edits = new GraphEdits(original, seed).Run();
            Interlocked.Add(ref made, edits.Done.Count);
            ModelDiff diff = Compare(ModelReader.FromProto(original), ModelReader.FromProto(edits.Edited), edits.IsRenamed ? DiffIgnore.Names : DiffIgnore.None);
            return Wrong(edits, diff) is { } wrong ? $"{name}, seed {seed} ({string.Join(", ", edits.Done)}): {wrong}" : null;
        });
        output.WriteLine($"{made} edits of {Edits} graphs");
        Assert.True(made > Edits);
    }

    [Fact]
    public void The_indices_that_a_plan_removes_are_found_from_the_numbers_alone()
    {
        int found = 0;
        Each([.. Enumerable.Range(0, Plans)], seed =>
        {
            (string name, ModelProto proto) = s_graphs.Value[seed * 5 % s_graphs.Value.Length];
            Model model = ModelReader.FromProto(proto);
            string kind = (string[])["mlp", "qk", "v", "heads", "conv"] is var kinds ? kinds[seed % kinds.Length] : "";
            var options = new CompileOptions { Request = new PlanRequest { Keep = [new KeepRule(kind, 0.5)] }, Criterion = Scoring.Random, Seed = seed, Exact = false, Proof = ProofDemand.None };
            CompileResult result;
            try
            {
                result = new Compiler(options, new StageClock()).Prune(model);
            }
            catch (BudgetError)
            {
                return null; // it has no such dimension
            }
            ModelDiff diff = Compare(ModelReader.FromProto(proto), result.Small);
            foreach (IGrouping<string, PlanSlice> tensor in result.Decision.Plan.Dimensions.Where(d => d.Status == PlanDimension.Shrunk).SelectMany(d => d.Slices).Where(s => s.Removed.Length > 0).GroupBy(s => s.Tensor))
            {
                if (model.Graph.Find(tensor.Key)?.Initializer is not { } before || result.Small.Graph.Find(tensor.Key)?.Initializer is not { } after || before.Rank != after.Rank || before.Type != after.Type)
                    continue;
                Dictionary<int, int[]> gone = tensor.GroupBy(s => s.Axis).ToDictionary(g => g.Key, g => g.SelectMany(s => s.Removed).Distinct().Order().ToArray());
                if (Enumerable.Range(0, before.Rank).Any(d => before.Dims[d] - after.Dims[d] != (gone.TryGetValue(d, out int[]? own) ? own.Length : 0)))
                    continue; // taken apart by a normalisation: its parts are other constants
                TensorResize? resize = diff.Tensors.Resized.FirstOrDefault(t => t.Name == tensor.Key);
                if (resize is null || resize.Axes.Count != gone.Count)
                    return $"{name} {kind}, seed {seed}: {tensor.Key} is not reported as resized along {string.Join(',', gone.Keys)}";
                if (resize.Evidence == "values" && resize.Axes.Any(a => !a.Removed!.SequenceEqual(gone[a.Axis])) && !HasTwins(before))
                    return $"{name} {kind}, seed {seed}: other indices of {tensor.Key} than the plan's";
                Interlocked.Add(ref found, resize.Evidence == "values" ? 1 : 0);
            }
            return null;
        });
        output.WriteLine($"{found} constants with the indices of their plans");
        Assert.True(found > Plans);
    }

    [Fact]
    public void What_the_runtime_fuses_is_reported_as_replaced_and_all_weights_are_found_again()
    {
        MiniZooGraph graph = MiniZooGraphs.All.First(g => g.Name == "packed-gather");
        ModelProto original = graph.Write().ToProto();
        ModelProto fused = Rewritten.ByTheRuntime(original.Clone(), Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED);
        ModelDiff diff = Compare(ModelReader.FromProto(original), ModelReader.FromProto(fused));
        Assert.NotEmpty(diff.Nodes.Replaced);
        Assert.Contains(diff.Nodes.Added, n => n.Op.StartsWith("com.microsoft::", StringComparison.Ordinal));
        Assert.True(diff.Tensors.Unchanged + diff.Tensors.Resized.Count > diff.Tensors.Removed.Count);
    }

    [Fact]
    public void What_the_runtime_leaves_is_matched_and_what_it_fuses_is_new()
    {
        int fused = 0, kept = 0;
        Each([.. s_graphs.Value.Where((g, i) => i % 4 == 0 && g.Proto.Functions.Count == 0)], g => // a call and its body are the same
        {
            ModelProto rewritten = Rewritten.ByTheRuntime(g.Proto.Clone(), Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED);
            Dictionary<string, string> before = Operators(g.Proto), after = Operators(rewritten);
            ModelDiff diff = Compare(ModelReader.FromProto(g.Proto.Clone()), ModelReader.FromProto(rewritten));
            string[] same = [.. Untouched(g.Proto).Intersect(Untouched(rewritten)).Select(n => n.Name)];
            string[] made = Only(after, g.Proto), gone = Only(before, rewritten);
            HashSet<string> added = [.. diff.Nodes.Added.Select(n => n.Name)], removed = [.. diff.Nodes.Removed.Select(n => n.Name)];
            Interlocked.Add(ref fused, made.Length);
            Interlocked.Add(ref kept, same.Length);
            return same.FirstOrDefault(n => added.Contains(n) || removed.Contains(n)) is { } lost ? $"{g.Name}: '{lost}' ({before[lost]}) is in both and not matched"
                : made.FirstOrDefault(n => !added.Contains(n)) is { } old ? $"{g.Name}: '{old}' is new and not reported"
                : gone.FirstOrDefault(n => !removed.Contains(n)) is { } there ? $"{g.Name}: '{there}' is gone and not reported"
                : null;
        });
        output.WriteLine($"{kept} nodes are in both, {fused} are of operators that are new");
        Assert.True(fused > 100);
    }

    /// <summary>Nodes in words: name, operator, what they read and make. Those of which there are two that compute the same are left out: either may stay.</summary>
    private static IEnumerable<(string Name, string Words)> Untouched(ModelProto proto)
    {
        var values = proto.Graph.Initializer.ToDictionary(t => t.Name, t => Number(new TensorProto(t) { Name = "" }.ToByteString().ToBase64()), StringComparer.Ordinal);
        var nodes = new List<(NodeProto Node, string Computes)>();
        foreach (NodeProto node in proto.Graph.Node)
        {
            string computes = $"{node.Domain}::{node.OpType} {string.Join(' ', node.Attribute.OrderBy(a => a.Name, StringComparer.Ordinal))} {string.Join(',', node.Input.Select(i => values.GetValueOrDefault(i, i)))}";
            foreach ((string output, int slot) in node.Output.Select((o, i) => (o, i)))
                values[output] = Number($"{slot} {computes}");
            nodes.Add((node, computes));
        }
        return nodes.Where(n => n.Node.Name.Length > 0 && n.Node.OpType != "Constant").GroupBy(n => n.Computes).Where(g => g.Count() == 1).Select(g => g.First().Node)
            .Select(n => (n.Name, $"{n.Domain}::{n.OpType} {string.Join(',', n.Input)} {string.Join(',', n.Output)}"));

        static string Number(string text) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Names of nodes whose operator another graph does not have.</summary>
    private static string[] Only(Dictionary<string, string> operators, ModelProto other)
    {
        HashSet<string> there = [.. other.Graph.Node.Concat(other.Functions.SelectMany(f => f.Node)).Select(n => $"{n.Domain}::{n.OpType}")];
        return [.. operators.Where(n => !there.Contains(n.Value)).Select(n => n.Key)];
    }

    /// <summary>Operators by the names of nodes, constants aside; names that are there twice say nothing.</summary>
    private static Dictionary<string, string> Operators(ModelProto proto) =>
        proto.Graph.Node.Where(n => n.Name.Length > 0 && n.OpType != "Constant").GroupBy(n => n.Name).Where(g => g.Count() == 1).ToDictionary(g => g.Key, g => $"{g.First().Domain}::{g.First().OpType}", StringComparer.Ordinal);

    private static ModelDiff Compare(Model a, Model b, DiffIgnore ignore = DiffIgnore.None) =>
        new ModelComparer(new DiffOptions { Ignore = ignore | DiffIgnore.Metadata }).Compare(a, b, new ReportFile("a.onnx", null, 0), new ReportFile("b.onnx", null, 0));

    // equal numbers on two indices: either may be said to be the one that went
    private static bool HasTwins(Tensor tensor) => tensor.ToFloats().GroupBy(x => x).Any(g => g.Count() > 1);

    private static string? Wrong(GraphEdits edits, ModelDiff diff)
    {
        string? wrong = Differ("removed", edits.Removed, diff.Nodes.Removed.Select(n => n.Name))
            ?? Differ("added", edits.AddedNames, diff.Nodes.Added.Select(n => n.Name))
            ?? Differ("changed", edits.ChangedNodes, diff.Nodes.Changed.Where(n => n.Attributes.Count > 0).Select(n => n.Name))
            ?? Differ("moved", [], diff.Nodes.Changed.Where(n => n.Operands.Count > 0).Select(n => $"{n.Name} {n.Operands[0].Field}: {n.Operands[0].From} → {n.Operands[0].To}"))
            ?? Differ("other numbers", edits.ChangedValues, diff.Tensors.Changed.Select(t => t.Name))
            ?? Differ("other constants", [], diff.Tensors.Added.Concat(diff.Tensors.Removed).Select(t => t.Name).Concat(diff.Tensors.Resized.Select(t => t.Name)));
        bool changed = edits.Removed.Count + edits.Added.Count + edits.ChangedNodes.Count + edits.ChangedValues.Count > 0;
        return wrong ?? (diff.Same == changed ? $"said to be {(diff.Same ? "the same" : $"different: {string.Join(", ", diff.Differences)}")}" : null);
    }

    private static string? Differ(string what, IEnumerable<string> expected, IEnumerable<string> found)
    {
        string[] wanted = [.. expected.Order(StringComparer.Ordinal)], had = [.. found.Order(StringComparer.Ordinal)];
        return wanted.SequenceEqual(had) ? null : $"{what}: [{string.Join(", ", wanted)}] expected, [{string.Join(", ", had)}] reported";
    }

    private void Each<T>(IReadOnlyList<T> cases, Func<T, string?> check)
    {
        string[] wrong = [.. cases.AsParallel().AsOrdered().Select(c =>
        {
            try
            {
                return check(c);
            }
            catch (Exception e)
            {
                return $"{c}: {e}";
            }
        }).OfType<string>()];
        foreach (string sentence in wrong.Take(20))
            output.WriteLine(sentence);
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {cases.Count} are wrong: {wrong.FirstOrDefault()}");
    }
}
