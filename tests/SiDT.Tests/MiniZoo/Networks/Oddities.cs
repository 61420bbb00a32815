using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Networks;

/// <summary>Control flow, recurrence, operators without rules, sizes known only at run time.</summary>
public static class Oddities
{
    private const int Embed = 12, Hidden = 20, Tokens = 9;

    /// <summary>The last matrix of a feed-forward network inside an If; both branches read weights from around them.</summary>
    public static void Branches(GraphBuilder g)
    {
        string x = Blocks.PreNorm(g, Decoders.Patches(g), "blocks.0", new AttentionPlan(Embed, 3, 4, 4, Tokens), Hidden);
        string inner = Activations.Apply(g, Linears.Apply(g, Norms.Apply(g, x, "norm2", Embed), "mlp.fc1", Embed, 16, Tokens));
        string weight = g.Kernel("mlp.fc2.weight", g.MatrixNumbers("mlp.fc2.weight", 16, Embed).Data, [16, Embed], 1);
        string large = g.Op("Greater", g.ExtentScalar(x, 0), g.Constant(Tensor.Scalar(1)));
        GraphProto Branch(string name, double factor) => g.Body(name, [], () =>
        {
            string y = g.MatMul(inner, weight);
            return [GraphBuilder.Info(factor == 1 ? y : g.Mul(y, g.Number(factor)), g.Spelling.Type, [-1, Tokens, Embed])];
        });
        string fed = g.Op("If", [large], ("then_branch", Branch("then", 1)), ("else_branch", Branch("else", 1.25)));
        Head(g, g.Add(x, fed));
    }

    /// <summary>A feed-forward network applied three times by a Loop whose body reads its weights from outside.</summary>
    public static void Repeated(GraphBuilder g)
    {
        string x = Blocks.PreNorm(g, Decoders.Patches(g), "blocks.0", new AttentionPlan(Embed, 3, 4, 4, Tokens), Hidden);
        string up = g.Kernel("loop.fc1", g.MatrixNumbers("loop.fc1", Embed, 16).Data, [Embed, 16], 1);
        string down = g.Kernel("loop.fc2", g.MatrixNumbers("loop.fc2", 16, Embed).Data, [16, Embed], 1);
        ValueInfoProto[] inputs =
        [
            GraphBuilder.Info("i", ElementType.Int64, []),
            GraphBuilder.Info("go", ElementType.Bool, []),
            GraphBuilder.Info("state", g.Spelling.Type, [-1, Tokens, Embed]),
        ];
        GraphProto body = g.Body("body", inputs, () =>
        {
            string next = g.Add("state", g.MatMul(g.Op("Tanh", g.MatMul("state", up)), down));
            return [GraphBuilder.Info(g.Op("Identity", "go"), ElementType.Bool, []), GraphBuilder.Info(next, g.Spelling.Type, [-1, Tokens, Embed])];
        });
        string go = g.Constant(Tensor.Of<byte>(ElementType.Bool, [1]));
        Head(g, g.Op("Loop", [g.Constant(Tensor.Scalar(3)), go, x], ("body", body)));
    }

    /// <summary>A recurrent head over the tokens.</summary>
    public static void Recurrent(GraphBuilder g, bool both)
    {
        const int state = 6;
        int directions = both ? 2 : 1;
        string x = Blocks.PreNorm(g, Decoders.Patches(g), "blocks.0", new AttentionPlan(Embed, 3, 4, 4, Tokens), Hidden);
        string input = g.Weight("lstm.W", 0.3, directions, 4 * state, Embed), recurrent = g.Weight("lstm.R", 0.3, directions, 4 * state, state);
        string[] y = g.Ops("LSTM", "", [g.Transpose(x, 1, 0, 2), input, recurrent, g.Weight("lstm.B", 0.2, directions, 8 * state)], 2,
            ("hidden_size", state), ("direction", both ? "bidirectional" : "forward"));
        string last = g.Op("Reshape", g.Transpose(y[1], 1, 0, 2), g.Constant(-1, directions * state));
        g.Output(Linears.Apply(g, last, "head", directions * state, 7, 0), "logits", -1, 7);
    }

    /// <summary>Distances from stored prototypes by an operator of the runtime that nobody has a rule for.</summary>
    public static void WithoutRule(GraphBuilder g)
    {
        string x = Blocks.PreNorm(g, Decoders.Patches(g), "blocks.0", new AttentionPlan(Embed, 3, 4, 4, Tokens), Hidden);
        string pooled = g.ReduceMean(Norms.Apply(g, x, "norm", Embed), false, 1);
        g.Output(g.Ms("CDist", [pooled, g.Weight("prototypes", 0.7, 7, Embed)], ("metric", "sqeuclidean")), "distances", -1, 7);
    }

    /// <summary>An activation that is a function of a domain of somebody's own.</summary>
    public static void OwnDomain(GraphBuilder g)
    {
        string x = Decoders.Patches(g);
        x = Blocks.PreNorm(g, x, "blocks.0", Embed, Hidden, Tokens, v =>
        {
            string inner = Linears.Apply(g, v, "adapter.down", Embed, 8, Tokens);
            string odd = g.Call("Swoosh", [inner], a => g.Mul(a[0], g.Op("Softplus", a[0])));
            return Linears.Apply(g, odd, "adapter.up", 8, Embed, Tokens);
        });
        Head(g, x);
    }

    /// <summary>The most active tokens alone go on: indices computed from data.</summary>
    public static void ChosenTokens(GraphBuilder g)
    {
        string x = Blocks.PreNorm(g, Decoders.Patches(g), "blocks.0", new AttentionPlan(Embed, 3, 4, 4, Tokens), Hidden);
        string scores = g.Squeeze(Linears.Apply(g, x, "score", Embed, 1, Tokens), 2);
        string[] best = g.Ops("TopK", "", [scores, g.Constant(4)], 2, ("axis", 1));
        string wide = g.Op("Expand", g.Unsqueeze(best[1], 2), g.Constant(1, 1, Embed));
        x = g.Op("GatherElements", [x, wide], ("axis", 1));
        Head(g, Blocks.PreNorm(g, x, "blocks.1", new AttentionPlan(Embed, 3, 4, 4, 4), Hidden));
    }

    /// <summary>Any height and width: the table of positions is resized to the grid of the image.</summary>
    public static void AnyImageSize(GraphBuilder g)
    {
        string map = g.Conv(g.Input("pixel_values", [2, 3, 16, 16], dynamic: [2, 3]), "patch_embed.proj", 3, Embed, 4, 4);
        string table = g.Weight("pos_embed", 0.5, 1, Tokens, Embed);
        string grid = g.Transpose(g.Op("Reshape", table, g.Constant(1, 3, 3, Embed)), 0, 3, 1, 2);
        string x = g.Add(Blocks.ToTokens(g, map, Embed), Blocks.ToTokens(g, Blocks.ResizedLike(g, grid, map, "cubic"), Embed));
        string token = g.Op("Expand", g.Weight("cls_token", 0.7, 1, 1, Embed), g.ShapeOf([0, 1, Embed], g.Extent(x, 0)));
        x = Blocks.PreNorm(g, g.Concat(1, token, x), "blocks.0", new AttentionPlan(Embed, 3, 4, 4, -1) { SourceTokens = -1 }, Hidden);
        g.Output(Linears.Apply(g, g.Gather(Norms.Apply(g, x, "norm", Embed), 0, 1), "head", Embed, 7, 0), "logits", -1, 7);
    }

    private static void Head(GraphBuilder g, string x)
    {
        string pooled = g.ReduceMean(Norms.Apply(g, x, "norm", Embed), false, 1);
        g.Output(Linears.Apply(g, pooled, "head", Embed, 7, 0), "logits", -1, 7);
    }
}
