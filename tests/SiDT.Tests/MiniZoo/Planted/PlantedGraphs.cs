using SiDT.Frontend;
using SiDT.Tests.MiniZoo.Networks;

namespace SiDT.Tests.MiniZoo.Planted;

/// <summary>What is added to a small network without changing its function.</summary>
[Flags]
public enum Plant
{
    None = 0,

    /// <summary>Hidden units with zero weights and bias coming in.</summary>
    SilentHidden = 1,

    /// <summary>Hidden units that nobody reads.</summary>
    UnreadHidden = 2,

    /// <summary>Hidden units with zero weights and some bias: a constant that belongs into the next bias.</summary>
    ConstantHidden = 4,

    /// <summary>Heads that the output matrix does not read.</summary>
    DeadHeads = 8,

    DeadQk = 16,

    DeadV = 32,

    /// <summary>Queries and keys of lower rank than their width.</summary>
    LowRankQk = 64,

    LowRankV = 128,

    /// <summary>Channels of a stream without norms that nobody reads, and channels inside bottlenecks that are zero.</summary>
    DeadChannels = 256,
}

/// <summary>Width of a kind in the big model and in the small one it came from.</summary>
public sealed record PlantedSize(string Kind, int Big, int Small);

/// <summary>Two models of one function; what is free in the big one is gone in the small one.</summary>
public sealed record PlantedGraph(string Name, Plant Plants, Func<GraphBuilder> WriteSmall, Func<GraphBuilder> WriteBig, IReadOnlyList<PlantedSize> Sizes)
{
    public Model Small() => WriteSmall().Build();

    public Model Big() => WriteBig().Build();

    public override string ToString() => Name;
}

/// <summary>Small networks blown up by dead units at random places.</summary>
public static class PlantedGraphs
{
    private static readonly Plant[] Kinds =
    [
        Plant.SilentHidden, Plant.UnreadHidden, Plant.ConstantHidden, Plant.DeadHeads, Plant.DeadQk, Plant.DeadV, Plant.LowRankQk, Plant.LowRankV,
        Plant.SilentHidden | Plant.UnreadHidden | Plant.DeadHeads | Plant.DeadQk | Plant.DeadV,
    ];

    public static IEnumerable<PlantedGraph> All =>
    [
        .. Kinds.Select((plants, i) => Make(plants, 100 + i, new Spelling())),
        .. Kinds.Select((plants, i) => Make(plants, 200 + i, new Spelling { Qkv = Qkv.PackedSplitChannels, Linear = Linear.Gemm })),
        Make(Plant.DeadHeads | Plant.UnreadHidden, 301, new Spelling { Qkv = Qkv.PackedGather }),
        Make(Plant.DeadHeads | Plant.SilentHidden, 302, new Spelling { Core = Core.MsAttention, Activation = Activation.BiasGelu }),
        Make(Plant.DeadHeads | Plant.DeadQk | Plant.DeadV, 303, new Spelling { Core = Core.FlaxEinsum }),
        Make(Plant.DeadQk | Plant.DeadV, 304, new Spelling { Core = Core.OnnxAttention4, Opset = 23 }),
        MakeConvolutional(401),
        MakeConvolutional(402),
    ];

    public static PlantedGraph Named(string name) => All.Single(g => g.Name == name);

    /// <summary>A transformer of two blocks with <paramref name="plants"/>.</summary>
    public static PlantedGraph Make(Plant plants, int seed, Spelling spelling)
    {
        spelling = spelling with { Seed = seed };
        var small = new VitPlan();
        bool hidden = (plants & (Plant.SilentHidden | Plant.UnreadHidden | Plant.ConstantHidden)) != 0;
        VitPlan big = small with
        {
            Hidden = hidden ? small.Hidden + 7 : small.Hidden,
            Heads = plants.HasFlag(Plant.DeadHeads) ? small.Heads + 2 : small.Heads,
            Qk = (plants & (Plant.DeadQk | Plant.LowRankQk)) != 0 ? small.Qk + 3 : small.Qk,
            V = (plants & (Plant.DeadV | Plant.LowRankV)) != 0 ? small.V + 3 : small.V,
        };
        if (spelling.Qkv is Qkv.PackedGather or Qkv.PackedGatherAxis2)
            big = big with { Qk = Math.Max(big.Qk, big.V), V = Math.Max(big.Qk, big.V) };
        GraphBuilder Write(VitPlan plan, Dictionary<string, float[]> given)
        {
            var g = new GraphBuilder(spelling);
            foreach ((string name, float[] numbers) in given)
                g.Numbers.Given[name] = numbers;
            new Vit(g, plan).Write();
            return g;
        }
        PlantedSize[] sizes = [new("mlp", big.Hidden, small.Hidden), new("heads", big.Heads, small.Heads), new("qk", big.Qk, small.Qk), new("v", big.V, small.V)];
        string name = $"{plants.ToString().Replace(", ", "+")}-{spelling.Core}-{spelling.Qkv}-{seed}";
        return new PlantedGraph(name, plants, () => Write(small, []), () => Write(big, new Planting(seed, small, big, plants).Numbers()), [.. sizes.Where(s => s.Big != s.Small)]);
    }

    /// <summary>Bottlenecks with channels of the stream that nobody reads and inner channels that are always zero.</summary>
    public static PlantedGraph MakeConvolutional(int seed)
    {
        var spelling = new Spelling { Seed = seed };
        const int stream = 9, inner = 5, wideStream = 12, wideInner = 8;
        GraphBuilder Write(int width, int middle, Dictionary<string, float[]> given)
        {
            var g = new GraphBuilder(spelling);
            foreach ((string name, float[] numbers) in given)
                g.Numbers.Given[name] = numbers;
            ConvNets.Bottlenecks(g, 1, width, middle);
            return g;
        }
        return new PlantedGraph($"{Plant.DeadChannels}-{seed}", Plant.DeadChannels, () => Write(stream, inner, []),
            () => Write(wideStream, wideInner, new ConvPlanting(seed, stream, inner, wideStream, wideInner).Numbers()),
            [new("conv", wideStream, stream), new("conv", wideInner, inner)]);
    }
}
