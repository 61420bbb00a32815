using SiDT.Frontend;
using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Networks;

/// <summary>A plain vision transformer: patches, tokens, pre-norm blocks, pooling, head.</summary>
public sealed class Vit(GraphBuilder g, VitPlan p)
{
    private string? _sharedBias;
    private string? _mask;

    /// <summary>The whole network with input <c>pixel_values</c> and output <c>logits</c>.</summary>
    public void Write() => Finish(Stream(Embedded(Pixels())));

    public string Pixels()
    {
        long[] shape = p.Patches == PatchEmbedding.ChannelsLastConv ? [p.Batch, p.Image, p.Image, 3] : [p.Batch, 3, p.Image, p.Image];
        string x = g.Input("pixel_values", shape);
        if (p.PaddingMask)
            _mask = g.Input("attention_mask", [p.Batch, p.Tokens], 0, 1, ElementType.Int64);
        return x;
    }

    /// <summary>Pixels to [batch, tokens, embed] with positions and leading tokens.</summary>
    public string Embedded(string pixels)
    {
        string x = PatchTokens(pixels);
        if (p.Leading > 0)
        {
            string leading = g.Weight("cls_token", 0.7, 1, p.Leading, p.Embed);
            string shape = g.Spelling.Shapes == Shapes.Static ? g.Constant(p.Batch, p.Leading, p.Embed) : g.ShapeOf([0, p.Leading, p.Embed], g.Extent(x, 0));
            x = g.Concat(1, g.Op("Expand", leading, shape), x);
        }
        if (!p.PositionsByGather)
            return g.Add(x, g.Weight("pos_embed", 0.5, 1, p.Tokens, p.Embed));
        string ids = g.Table("position_ids", [.. Enumerable.Range(0, p.Tokens)], 1, p.Tokens);
        return g.Add(x, g.Op("Gather", [g.Weight("position_embedding.weight", 0.5, p.Tokens, p.Embed), ids], ("axis", 0)));
    }

    /// <summary>All blocks and the last norm.</summary>
    public string Stream(string x)
    {
        string Block(int i) => p.Tied ? "blocks" : $"blocks.{i}";
        if (p.SharedRelativeBias)
            _sharedBias = PositionBiases.Relative(g, p.Heads, p.Grid, p.Grid, p.Leading);
        string normed = Norms.Apply(g, x, Block(0) + ".norm1", p.Embed);
        for (int i = 0; i < p.Blocks; i++)
        {
            string fed;
            using (g.Scope(Block(i)))
            {
                string attended = Scaled(Attend(normed, i), "ls1.gamma");
                (x, normed) = Norms.AfterAdd(g, x, attended, "norm2", p.Embed);
                using (g.Scope("mlp"))
                    fed = Scaled(Mlps.Apply(g, normed, p.Mlp, p.Embed, p.Hidden, p.Tokens, p.MlpBias), "gamma");
            }
            (x, normed) = Norms.AfterAdd(g, x, fed, i + 1 < p.Blocks ? Block(i + 1) + ".norm1" : "norm", p.Embed);
            if (p.HiddenStatesOut)
                g.Output(x, $"hidden_states_{i}", -1, p.Tokens, p.Embed);
        }
        return normed;
    }

    /// <summary>Pooling and the head.</summary>
    public void Finish(string x)
    {
        if (p.Pooling == Pooling.None)
        {
            g.Output(x, "last_hidden_state", -1, p.Tokens, p.Embed);
            return;
        }
        int width = p.Pooling == Pooling.Flat ? p.Tokens * p.Embed : p.Embed;
        string logits = Linears.Apply(g, Pooled(x), "head", width, p.Classes, 0);
        if (p.Distilled)
        {
            string second = Linears.Apply(g, g.Gather(x, 1, 1), "head_dist", width, p.Classes, 0);
            logits = g.Div(g.Add(logits, second), g.Number(2));
        }
        g.Output(logits, "logits", -1, p.Classes);
    }

    private string PatchTokens(string pixels)
    {
        if (p.Patches == PatchEmbedding.ReshapedLinear)
        {
            int size = 3 * p.Patch * p.Patch;
            string cut = g.Transpose(g.Reshape(pixels, 0, 3, p.Grid, p.Patch, p.Grid, p.Patch), 0, 2, 4, 3, 5, 1);
            return Linears.Apply(g, g.Reshape(cut, 0, p.PatchCount, size), "patch_embed.proj", size, p.Embed, p.PatchCount);
        }
        string x = p.Patches == PatchEmbedding.ChannelsLastConv ? g.Transpose(pixels, 0, 3, 1, 2) : pixels;
        string map = g.Conv(x, "patch_embed.proj", 3, p.Embed, p.Patch, p.Patch);
        if (p.Patches == PatchEmbedding.ChannelsLastConv)
            return g.Reshape(g.Transpose(map, 0, 2, 3, 1), 0, p.PatchCount, p.Embed);
        return g.Transpose(g.Reshape(map, 0, p.Embed, p.PatchCount), 0, 2, 1);
    }

    private string Scaled(string x, string gamma) => p.LayerScale ? g.Mul(x, g.Weight(gamma, 0.8, p.Embed)) : x;

    private string Attend(string x, int block)
    {
        using IDisposable scope = g.Scope("attn");
        var plan = new AttentionPlan(p.Embed, p.Heads, p.Qk, p.V, p.Tokens)
        {
            KvHeads = p.KvHeads > 0 ? p.KvHeads : p.Heads,
            Repeat = p.Repeat,
            QkvBias = p.QkvBias,
            KeyBias = p.KeyBias,
            Project = p.Project,
            OnHeads = p.QkNorm || p.Rotary != RotaryStyle.None ? (h, word) => Positioned(h, word) : null,
            OnLogits = l => OnLogits(l),
            OnWeights = w => OnWeights(w, block),
            FusedMask = g.Spelling.Core is Core.OnnxAttention4 or Core.OnnxAttention3 or Core.MsMultiHeadAttention ? FusedMask() : null,
        };
        return Attentions.Apply(g, x, plan);
    }

    private string Positioned(string heads, string word)
    {
        string x = p.QkNorm ? Norms.Apply(g, heads, word + "_norm", p.Qk) : heads;
        int count = word == "k" && p.KvHeads > 0 ? p.KvHeads : p.Heads;
        return p.Rotary == RotaryStyle.None ? x : Rotary.Apply(g, x, p.Rotary, count, p.Tokens, p.Qk);
    }

    private string? FusedMask() => p.RelativeBias ? PositionBiases.Relative(g, p.Heads, p.Grid, p.Grid, p.Leading)
        : p.DirectBias ? g.Weight("attention_biases", 0.5, 1, p.Heads, p.Tokens, p.Tokens)
        : _mask is null ? null : PositionBiases.Padding(g, _mask);

    private string OnLogits(string logits)
    {
        if (p.RelativeBias || p.DirectBias)
            logits = g.Add(logits, FusedMask()!);
        if (_sharedBias is not null)
            logits = g.Add(logits, _sharedBias);
        if (p.HeadMask)
            logits = g.Add(logits, PositionBiases.Slopes(g, p.Heads, p.Tokens));
        if (_mask is not null)
            logits = g.Add(logits, PositionBiases.Padding(g, _mask));
        return p.TalkingHeads ? PositionBiases.TalkingHeads(g, logits, "proj_l", p.Heads) : logits;
    }

    private string OnWeights(string weights, int block)
    {
        if (p.TalkingHeads)
            weights = PositionBiases.TalkingHeads(g, weights, "proj_w", p.Heads);
        if (p.AttentionOut && block == p.Blocks - 1)
            g.Output(weights, "attentions", -1, p.Heads, p.Tokens, p.Tokens);
        return weights;
    }

    private string Pooled(string x)
    {
        switch (p.Pooling)
        {
            case Pooling.ClassToken:
                return g.Gather(x, 0, 1);
            case Pooling.ClassTokenSlice:
                return g.Squeeze(g.Slice(x, 1, 0, 1), 1);
            case Pooling.GlobalAverage:
                return g.Op("Flatten", [g.Op("GlobalAveragePool", g.Transpose(x, 0, 2, 1))], ("axis", 1));
            case Pooling.Flat:
                return g.Op("Flatten", [x], ("axis", 1));
            case Pooling.Attention:
                string weights = g.Softmax(Linears.Apply(g, x, "attention_pool", p.Embed, 1, p.Tokens), 1);
                return g.Squeeze(g.MatMul(g.Transpose(weights, 0, 2, 1), x), 1);
            default:
                return g.ReduceMean(x, false, 1);
        }
    }
}
