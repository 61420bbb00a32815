using System.Collections.Immutable;
using System.Diagnostics;
using SiDT.Backend.Diff;
using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Backend.Timing;

/// <summary>Where a model's time goes, as ONNX Runtime's profiler sees it.</summary>
/// <param name="Name">The model.</param>
/// <param name="Milliseconds">All nodes of one run together.</param>
/// <param name="Blocks">By block of the network, in the order of the graph; nodes that ONNX Runtime made and no name places come last, without a name.</param>
/// <param name="Operators">By operator as ONNX Runtime runs it, the dearest first.</param>
/// <param name="Roofline">How fast its products are, next to what this machine can do.</param>
public sealed record ModelProfile(string Name, double Milliseconds, IReadOnlyList<BlockTime> Blocks, IReadOnlyList<OperatorTime> Operators, Roofline Roofline)
{
    private const int LeastRuns = 12, MostRuns = 300;
    private const double Seconds = 1;

    /// <summary>Runs a model with the profiler on.</summary>
    /// <param name="name">What results call it.</param>
    /// <param name="model">The model.</param>
    /// <param name="open">Opens it with the settings that are given.</param>
    /// <param name="settings">How it computes otherwise.</param>
    /// <param name="feeds">What it reads.</param>
    /// <param name="machineRate">Multiply-accumulates per second that this machine reaches; see <see cref="MachineRate"/>.</param>
    /// <param name="cancel">Stops between runs.</param>
    public static ModelProfile Of(string name, Model model, Func<SessionSettings, Session> open, SessionSettings settings, IReadOnlyDictionary<string, Tensor> feeds, double machineRate, CancellationToken cancel = default)
    {
        IReadOnlyList<NodeTime> times = NodeTime.Measure(open, settings, session => Repeat(session, feeds, cancel));
        Model inlined = FunctionInliner.Inline(model);
        var view = new GraphView(inlined);
        var names = new BlockNames(view);
        var blockOf = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int n = 0; n < view.Nodes.Count; n++)
        {
            blockOf.TryAdd(view.Nodes[n].Name, names.Of(n));
            foreach (Value output in view.Nodes[n].Outputs.OfType<Value>())
                blockOf.TryAdd(output.Name, names.Of(n));
        }
        string[] order = [.. Enumerable.Range(0, view.Nodes.Count).Select(names.Of).Distinct(StringComparer.Ordinal)];
        ILookup<string, NodeTime> byBlock = times.ToLookup(t => Place(t.Node, blockOf), StringComparer.Ordinal);
        BlockTime[] blocks = [.. order.Append("").Distinct(StringComparer.Ordinal).OrderBy(b => b.Length == 0).Where(byBlock.Contains).Select(b => new BlockTime(b, byBlock[b].Sum(t => t.Microseconds) / 1000))];
        OperatorTime[] operators = [.. times.GroupBy(t => t.Operator).Select(g => new OperatorTime(g.Key, g.Count(), g.Sum(t => t.Microseconds) / 1000)).OrderByDescending(o => o.Milliseconds)];
        long macs = new NodeCosts(inlined.Graph).Total.Macs * Batch(inlined, feeds);
        double products = times.Where(t => KernelKinds.ClassOfNode(t.Operator) == WorkClass.Products).Sum(t => t.Microseconds) / 1000;
        return new ModelProfile(name, times.Sum(t => t.Microseconds) / 1000, blocks, operators, new Roofline(macs, products, products > 0 ? macs / products * 1000 : 0, machineRate));
    }

    /// <summary>Multiply-accumulates per second of a large product of matrices, with the threads that are asked for.</summary>
    public static double MachineRate(SessionSettings settings, CancellationToken cancel = default)
    {
        const long Rows = 512, Inner = 1024, Outputs = 1024;
        var request = new GridRequest(KernelKinds.Linear, ElementType.Float32, [[Rows], [Inner], [Outputs]]);
        CostGrid grid = KernelBench.Run([request], settings, seconds: 0.5, cancel: cancel)[0];
        return Rows * Inner * Outputs / (grid.Microseconds[0] / 1e6);
    }

    // what ONNX Runtime fuses it names after the nodes that it fused, with something before or behind
    private static string Place(string node, Dictionary<string, string> blocks)
    {
        for (string name = node; name.Length > 0; name = Shorter(name))
        {
            if (blocks.TryGetValue(name, out string? block))
                return block;
        }
        return "";
    }

    private static string Shorter(string name) => name.LastIndexOfAny(['/', '_', '.']) is > 0 and int end ? name[..end] : "";

    private static long Batch(Model model, IReadOnlyDictionary<string, Tensor> feeds) =>
        model.Graph.Inputs.FirstOrDefault(i => i.Constant is null) is { } input && feeds.TryGetValue(input.Name, out Tensor? feed) && feed.Rank > 0 && input.Info?.Type?.TensorType?.Shape?.Dim is [{ HasDimValue: false }, ..] ? feed.Dims[0] : 1;

    private static void Repeat(Session session, IReadOnlyDictionary<string, Tensor> feeds, CancellationToken cancel)
    {
        using PreparedRun run = session.Prepare(feeds);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < LeastRuns || (i < MostRuns && Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds); i++)
        {
            cancel.ThrowIfCancellationRequested();
            run.Run();
        }
    }
}

/// <param name="Name">The block.</param>
/// <param name="Milliseconds">Its nodes in one run.</param>
public sealed record BlockTime(string Name, double Milliseconds);

/// <param name="Operator">As ONNX Runtime calls it.</param>
/// <param name="Count">Nodes of it.</param>
/// <param name="Milliseconds">All of them in one run.</param>
public sealed record OperatorTime(string Operator, int Count, double Milliseconds);

/// <param name="Macs">Multiply-accumulates of one run.</param>
/// <param name="Milliseconds">Time of its products.</param>
/// <param name="Rate">Multiply-accumulates per second of its products.</param>
/// <param name="MachineRate">The same of a large product of matrices on this machine.</param>
public sealed record Roofline(long Macs, double Milliseconds, double Rate, double MachineRate)
{
    /// <summary>What share of the machine's rate its products reach.</summary>
    public double Share => MachineRate > 0 ? Rate / MachineRate : 0;
}

/// <summary>Memory of one model.</summary>
/// <param name="Name">The model.</param>
/// <param name="Bytes">By how much the process grew at its highest while the model alone was loaded and run.</param>
public sealed record ModelMemory(string Name, long Bytes);
