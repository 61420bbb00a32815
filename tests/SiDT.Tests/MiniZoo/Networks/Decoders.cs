using SiDT.Frontend;
using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Networks;

/// <summary>Networks of two streams: queries that look at an encoder, masked encoding, class attention, conditioning.</summary>
public static class Decoders
{
    public const int Embed = 12, Hidden = 20, Tokens = 9;

    public static string Patches(GraphBuilder g, int embed = Embed)
    {
        string x = Blocks.ToTokens(g, g.Conv(ConvNets.Pixels(g), "patch_embed.proj", 3, embed, 4, 4), embed);
        return g.Add(x, g.Weight("pos_embed", 0.5, 1, Tokens, embed));
    }

    /// <summary>Learned queries attend to themselves and to the encoder, norms after the sums, boxes and classes out.</summary>
    public static void QueriesOnEncoder(GraphBuilder g)
    {
        const int queries = 5;
        string memory = PostNorm(g, Patches(g), null, "encoder.0", new AttentionPlan(Embed, 3, 4, 4, Tokens));
        string table = g.Weight("query_embed.weight", 0.9, 1, queries, Embed);
        string shape = g.Spelling.Shapes == Shapes.Static ? g.Constant(2, queries, Embed) : g.ShapeOf([0, queries, Embed], g.Extent(memory, 0));
        string x = g.Op("Expand", table, shape);
        x = PostNorm(g, x, memory, "decoder.0", new AttentionPlan(Embed, 3, 4, 4, queries) { SourceTokens = Tokens });
        g.Output(Linears.Apply(g, x, "class_embed", Embed, 7, queries), "logits", -1, queries, 7);
        string box = g.Op("Relu", Linears.Apply(g, x, "bbox_embed.0", Embed, 14, queries));
        g.Output(g.Op("Sigmoid", Linears.Apply(g, box, "bbox_embed.1", 14, 4, queries)), "boxes", -1, queries, 4);
    }

    /// <summary>Tokens chosen by number, a narrower decoder on mask tokens, pixels out.</summary>
    public static void MaskedEncoder(GraphBuilder g)
    {
        const int narrow = 8;
        string x = g.Gather(Patches(g), [0, 4, 7, 8], 1);
        x = Norms.Apply(g, Blocks.PreNorm(g, x, "encoder.0", new AttentionPlan(Embed, 3, 4, 4, 4), Hidden), "norm", Embed);
        x = Linears.Apply(g, x, "decoder_embed", Embed, narrow, 4);
        string missing = g.Op("Expand", g.Weight("mask_token", 0.8, 1, 1, narrow), g.ShapeOf([0, 5, narrow], g.Extent(x, 0)));
        string restored = g.Gather(g.Concat(1, x, missing), [0, 4, 5, 6, 1, 7, 8, 2, 3], 1);
        restored = g.Add(restored, g.Weight("decoder_pos_embed", 0.5, 1, Tokens, narrow));
        restored = Blocks.PreNorm(g, restored, "decoder.0", new AttentionPlan(narrow, 2, 3, 3, Tokens), 16);
        g.Output(Linears.Apply(g, Norms.Apply(g, restored, "decoder_norm", narrow), "decoder_pred", narrow, 48, Tokens), "pixels", -1, Tokens, 48);
    }

    /// <summary>A class token that joins late and alone asks the others.</summary>
    public static void ClassAttention(GraphBuilder g)
    {
        string x = Blocks.PreNorm(g, Patches(g), "blocks.0", new AttentionPlan(Embed, 3, 4, 4, Tokens), Hidden);
        string token = g.Op("Expand", g.Weight("cls_token", 0.8, 1, 1, Embed), g.ShapeOf([0, 1, Embed], g.Extent(x, 0)));
        using (g.Scope("blocks_token_only.0"))
        {
            string all = Norms.Apply(g, g.Concat(1, token, x), "norm1", Embed);
            var plan = new AttentionPlan(Embed, 2, 5, 6, 1) { SourceTokens = Tokens + 1 };
            token = g.Add(token, g.Mul(Attentions.Apply(g, g.Slice(all, 1, 0, 1), all, plan), g.Weight("gamma_1", 0.8, Embed)));
            token = g.Add(token, Mlps.Apply(g, Norms.Apply(g, token, "norm2", Embed), Mlp.Plain, Embed, 16, 1));
        }
        string last = Norms.Apply(g, g.Concat(1, token, x), "norm", Embed);
        g.Output(Linears.Apply(g, g.Gather(last, 0, 1), "head", Embed, 7, 0), "logits", -1, 7);
    }

    /// <summary>Norms without weights, shifted and scaled by a condition made of a label and a time.</summary>
    public static void Modulated(GraphBuilder g, bool split)
    {
        const int condition = 10;
        string x = Patches(g);
        string label = g.Op("Gather", [g.Weight("y_embedder.weight", 0.7, 6, condition), g.Input("labels", [2], 0, 5, ElementType.Int64)], ("axis", 0));
        string time = Linears.Apply(g, g.Op("Sin", g.Mul(g.Unsqueeze(g.Input("t", [2], 0, 1), 1), g.Weight("freqs", 3, 6))), "t_embedder.0", 6, 14, 0);
        string given = g.Add(label, Linears.Apply(g, Activations.Apply(g, time, Activation.Silu), "t_embedder.2", 14, condition, 0));
        string[] six = Six(Linears.Apply(g, Activations.Apply(g, given, Activation.Silu), "blocks.0.adaLN", condition, 6 * Embed, 0));
        using (g.Scope("blocks.0"))
        {
            string attended = Attentions.Apply(g, Modulate(x, six[0], six[1]), new AttentionPlan(Embed, 3, 4, 4, Tokens));
            x = g.Add(x, g.Mul(six[2], attended));
            x = g.Add(x, g.Mul(six[5], Mlps.Apply(g, Modulate(x, six[3], six[4]), Mlp.Plain, Embed, Hidden, Tokens)));
        }
        string patches = Linears.Apply(g, x, "final.linear", Embed, 48, Tokens);
        string unfolded = g.Transpose(g.Reshape(patches, 0, 3, 3, 4, 4, 3), 0, 5, 1, 3, 2, 4);
        g.Output(g.Reshape(unfolded, 0, 3, 12, 12), "noise", -1, 3, 12, 12);

        string[] Six(string all)
        {
            if (split)
                return [.. g.Split(all, 1, Embed, Embed, Embed, Embed, Embed, Embed).Select(s => g.Unsqueeze(s, 1))];
            string table = g.Reshape(all, 0, 6, 1, Embed);
            return [.. Enumerable.Range(0, 6).Select(i => g.Gather(table, i, 1))];
        }

        string Modulate(string v, string shift, string scale)
        {
            string centred = g.Sub(v, g.ReduceMean(v, true, -1));
            string deviation = g.Op("Sqrt", g.Add(g.ReduceMean(g.Mul(centred, centred), true, -1), g.Number(1e-6)));
            return g.Add(g.Mul(g.Div(centred, deviation), g.Add(scale, g.Number(1))), shift);
        }
    }

    /// <summary>Words that look at an image: padding mask, embeddings by the runtime's operator where the spelling is its own.</summary>
    public static void WordsOnImage(GraphBuilder g)
    {
        const int words = 6, text = 10;
        string image = Blocks.PreNorm(g, Patches(g), "vision.0", new AttentionPlan(Embed, 3, 4, 4, Tokens), Hidden);
        bool own = g.Spelling.Norm == Norm.LayerSkip;
        string ids = g.Input("input_ids", [2, words], 0, 16, own ? ElementType.Int32 : ElementType.Int64);
        string mask = g.Input("attention_mask", [2, words], 0, 1, ElementType.Int64);
        string table = g.Weight("word_embeddings.weight", 0.8, 17, text), positions = g.Weight("position_embeddings.weight", 0.5, words, text);
        string x;
        if (own)
        {
            x = g.Fresh("EmbedLayerNormalization");
            string[] inputs = [ids, null!, table, positions, null!, g.Gain("norm.weight", text), g.Bias("norm.bias", text)];
            g.Emit("EmbedLayerNormalization", "com.microsoft", inputs, [x, g.Fresh("mask_index")], ("epsilon", 1e-5f));
        }
        else
        {
            x = Norms.Apply(g, g.Add(g.Op("Gather", [table, ids], ("axis", 0)), positions), "norm", text);
        }
        string hidden = PositionBiases.Padding(g, mask);
        var self = new AttentionPlan(text, 2, 5, 4, words) { OnLogits = l => g.Add(l, hidden), FusedMask = hidden };
        x = Blocks.PreNorm(g, x, "text.0", self, 16);
        var across = new AttentionPlan(text, 2, 6, 3, words) { SourceWidth = Embed, SourceTokens = Tokens };
        x = Blocks.PreNorm(g, x, "fusion.0", text, 18, words, v => Attentions.Apply(g, v, image, across));
        g.Output(Linears.Apply(g, g.Gather(Norms.Apply(g, x, "norm_final", text), 0, 1), "head", text, 7, 0), "logits", -1, 7);
    }

    private static string PostNorm(GraphBuilder g, string x, string? memory, string name, AttentionPlan plan)
    {
        using IDisposable scope = g.Scope(name);
        AttentionPlan self = plan with { SourceTokens = plan.Tokens };
        x = Norms.Apply(g, g.Add(x, g.Scoped("self_attn", () => Attentions.Apply(g, x, self))), "norm1", Embed);
        if (memory is not null)
            x = Norms.Apply(g, g.Add(x, g.Scoped("cross_attn", () => Attentions.Apply(g, x, memory, plan))), "norm2", Embed);
        return Norms.Apply(g, g.Add(x, Mlps.Apply(g, x, Mlp.Plain, Embed, Hidden, plan.Tokens)), "norm3", Embed);
    }
}
