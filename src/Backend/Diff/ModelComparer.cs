using SiDT.Backend.Reporting;
using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Diff;

/// <summary>Compares any two models, whatever made the one of the other.</summary>
public sealed class ModelComparer(DiffOptions options)
{
    /// <summary>What is different.</summary>
    /// <param name="a">The first model.</param>
    /// <param name="b">The second.</param>
    /// <param name="fileA">What is said of its file.</param>
    /// <param name="fileB">The same of the second.</param>
    public ModelDiff Compare(Model a, Model b, ReportFile fileA, ReportFile fileB) => Run(a, b, fileA, fileB).Diff;

    internal ComparedModels Run(Model a, Model b, ReportFile fileA, ReportFile fileB)
    {
        // two cores are two models
        Task<ComparedSide> first = Task.Run(() => new ComparedSide(a)), second = Task.Run(() => new ComparedSide(b));
        ComparedSide left = Result(first), right = Result(second);
        Matching matching = new NodeMatcher(left.View, right.View).Run();
        var blocks = new BlockPairs(matching, new BlockNames(left.View), new BlockNames(right.View));
        string[] ignored = [.. Enum.GetValues<DiffIgnore>().Where(i => i != DiffIgnore.None && options.Ignore.HasFlag(i)).Select(i => i.ToString().ToLowerInvariant())];
        var diff = new ModelDiff(fileA, fileB)
        {
            Ignored = ignored,
            Inputs = InterfaceDiff.Ports(matching, a.Graph.Inputs.Where(i => i.Constant is null), b.Graph.Inputs.Where(i => i.Constant is null), outputs: false),
            Outputs = InterfaceDiff.Ports(matching, a.Graph.Outputs, b.Graph.Outputs, outputs: true),
            Opsets = InterfaceDiff.Opsets(a, b),
            Metadata = options.Ignore.HasFlag(DiffIgnore.Metadata) ? [] : InterfaceDiff.Metadata(a, b),
            Nodes = new NodeDiff(matching, blocks, left.Costs, right.Costs).Run(),
            Tensors = new TensorDiff(matching, blocks, options).Run(),
            Renamed = options.Ignore.HasFlag(DiffIgnore.Names) ? new RenameChanges() : InterfaceDiff.Renames(matching),
            Cost = blocks.Costs(left.Costs, right.Costs),
        };
        return new ComparedModels(diff, matching, blocks, left.Costs, right.Costs);
    }

    private static T Result<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private sealed class ComparedSide
    {
        public ComparedSide(Model model)
        {
            Model inlined = FunctionInliner.Inline(model); // a call and its body are one thing
            View = new GraphView(inlined);
            Costs = new NodeCosts(inlined.Graph);
        }

        public GraphView View { get; }

        public NodeCosts Costs { get; }
    }
}

/// <summary>A comparison with what it was made of, for those who draw it.</summary>
internal sealed record ComparedModels(ModelDiff Diff, Matching Matching, BlockPairs Blocks, NodeCosts CostsA, NodeCosts CostsB);
