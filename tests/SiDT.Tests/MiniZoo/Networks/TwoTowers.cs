using SiDT.Frontend;
using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Networks;

/// <summary>Images and texts into one space: class token of one tower, a chosen token of the other, unit length, a scale.</summary>
public sealed class TwoTowers(GraphBuilder g, bool oneHot)
{
    public const int Image = 12, Text = 10, ImageHidden = 20, TextHidden = 18, Joint = 9, Words = 6, Vocabulary = 17;

    public void Write()
    {
        string image = g.Scoped("visual", () => ImageTower());
        string text = g.Scoped("text", () => TextTower());
        string scale = g.Op("Exp", g.Weight("logit_scale", [1.2f]));
        g.Output(g.Mul(g.MatMul(image, g.Transpose(text, 1, 0)), scale), "logits_per_image", -1, -1);
        g.Output(image, "image_embeds", -1, Joint);
        g.Output(text, "text_embeds", -1, Joint);
    }

    private string ImageTower()
    {
        var vit = new Vit(g, new VitPlan { Blocks = 1 });
        string x = vit.Stream(vit.Embedded(vit.Pixels()));
        return Unit(Linears.Apply(g, g.Gather(x, 0, 1), "proj", Image, Joint, 0, bias: false));
    }

    private string TextTower()
    {
        string ids = g.Input("input_ids", [2, Words], 0, Vocabulary - 1, ElementType.Int64);
        string x = g.Op("Gather", [g.Weight("token_embedding.weight", 0.8, Vocabulary, Text), ids], ("axis", 0));
        x = g.Add(x, g.Weight("positional_embedding", 0.4, Words, Text));
        string mask = PositionBiases.Causal(g, Words);
        var plan = new AttentionPlan(Text, 2, 5, 5, Words)
        {
            OnLogits = l => g.Add(l, mask),
            FusedMask = mask,
        };
        x = Norms.Apply(g, Blocks.PreNorm(g, x, "blocks.0", plan, TextHidden), "ln_final", Text);
        string end = g.Op("ArgMax", [ids], ("axis", -1), ("keepdims", 0));
        return Unit(Linears.Apply(g, oneHot ? ByProduct(x, end) : ByGather(x, end), "proj", Text, Joint, 0, bias: false));
    }

    /// <summary>The last token of each text, by GatherND on pairs of indices.</summary>
    private string ByGather(string x, string end)
    {
        string rows = g.Op("Range", g.Constant(Tensor.Scalar(0)), g.ExtentScalar(x, 0), g.Constant(Tensor.Scalar(1)));
        return g.Op("GatherND", x, g.Concat(1, g.Unsqueeze(rows, 1), g.Unsqueeze(end, 1)));
    }

    private string ByProduct(string x, string end)
    {
        string depth = g.Constant(Tensor.Scalar(Words)), values = g.Constant(Tensor.Of([0f, 1f], 2));
        string hot = g.Op("OneHot", [end, depth, values], ("axis", -1));
        return g.Squeeze(g.MatMul(g.Unsqueeze(hot, 1), x), 1);
    }

    private string Unit(string x) => g.Div(x, g.Op("ReduceL2", [x], ("axes", new long[] { -1 }), ("keepdims", 1)));
}
