using SiDT.Tests.MiniZoo.Networks;

namespace SiDT.Tests.MiniZoo.Families;

/// <summary>Entries for plain vision transformers.</summary>
internal static class VitGraphs
{
    public const string Apart = "q, k and v share one packed reshape: apart only after the projection is taken apart";
    public const string Fused = "needs the fused operator to take widths of its own";
    public const string Quantized = "quantized weights";

    /// <summary>A graph with everything prunable; sizes follow from the plan.</summary>
    public static MiniZooGraph Make(string name, Spelling spelling, VitPlan? plan = null)
    {
        VitPlan p = plan ?? new VitPlan();
        GraphBuilder Write()
        {
            var g = new GraphBuilder(spelling);
            new Vit(g, p).Write();
            return g;
        }
        int blocks = p.Tied ? 1 : p.Blocks;
        string note = spelling.Qkv is Qkv.Separate or Qkv.PackedSplitChannels or Qkv.PackedSlicedChannels ? "" : Apart;
        var graph = new MiniZooGraph(name, Write, []);
        graph = graph.Yes("embed", $"1x{p.Embed}").Yes("mlp", $"{blocks}x{p.Hidden}");
        int heads = p.KvHeads > 0 ? p.KvHeads : p.Heads;
        graph = heads > 1 ? graph.Yes("heads", $"{blocks}x{heads}", p.KvHeads > 0 ? "kv groups" : "") : graph.No("heads", $"{blocks}x1", "one kv head");
        if (spelling.Core is Core.MsAttention or Core.MsMultiHeadAttention)
            return graph.Any("qk", $"{blocks}x{p.Qk}", Fused).Any("v", $"{blocks}x{p.V}", Fused);
        return graph.Yes("qk", $"{blocks}x{p.Qk}", note).Yes("v", $"{blocks}x{p.V}", note);
    }

    public static VitPlan Gap => new() { Pooling = Pooling.Mean };
}
