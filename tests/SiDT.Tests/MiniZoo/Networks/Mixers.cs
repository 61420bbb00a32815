using SiDT.Frontend;
using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Networks;

/// <summary>Tokens mixed by something other than ordinary attention.</summary>
public static class Mixers
{
    public const int Embed = 12, Hidden = 20, Tokens = 9;

    /// <summary>Patches of a 12x12 image, two blocks around <paramref name="mixer"/>, mean, head.</summary>
    public static void Network(GraphBuilder g, Func<GraphBuilder, string, string> mixer, int blocks = 2)
    {
        string x = g.Reshape(g.Conv(ConvNets.Pixels(g), "stem", 3, Embed, 4, 4), 0, Embed, Tokens);
        x = g.Add(g.Transpose(x, 0, 2, 1), g.Weight("pos_embed", 0.5, 1, Tokens, Embed));
        for (int i = 0; i < blocks; i++)
            x = Blocks.PreNorm(g, x, $"blocks.{i}", Embed, Hidden, Tokens, v => mixer(g, v));
        string pooled = g.ReduceMean(Norms.Apply(g, x, "norm", Embed), false, 1);
        g.Output(Linears.Apply(g, pooled, "head", Embed, 7, 0), "logits", -1, 7);
    }

    /// <summary>An MLP along the tokens.</summary>
    public static string TokenMlp(GraphBuilder g, string x)
    {
        string inner = Linears.Apply(g, g.Transpose(x, 0, 2, 1), "mlp_tokens.fc1", Tokens, 14, Embed);
        return g.Transpose(Linears.Apply(g, Activations.Apply(g, inner), "mlp_tokens.fc2", 14, Tokens, Embed), 0, 2, 1);
    }

    /// <summary>Relu of queries and keys: keys meet values before queries.</summary>
    public static string LinearAttention(GraphBuilder g, string x) => Linear(g, x, t => g.Op("Relu", t));

    /// <summary>The same with elu(x)+1, which does not map zero to zero.</summary>
    public static string LinearAttentionOfElu(GraphBuilder g, string x) => Linear(g, x, t => g.Add(g.Op("Elu", t), g.Number(1)));

    /// <summary>Channels attend to channels: queries and keys l2-normalised along the tokens, one temperature per head.</summary>
    public static string CrossCovariance(GraphBuilder g, string x)
    {
        var p = new AttentionPlan(Embed, 3, 4, 4, Tokens);
        (string q, string k, string v) = QkvProjections.Apply(g, x, x, p);
        string Columns(string t) => g.Transpose(t, 0, 1, 3, 2);
        string Unit(string t) => g.Div(t, g.Op("Max", g.ReduceL2(t, true, -1), g.Number(1e-12)));
        string logits = g.Mul(g.MatMul(Unit(Columns(q)), g.Transpose(Unit(Columns(k)), 0, 1, 3, 2)), g.Weight("temperature", [1.5f, 0.7f, 1.1f], 3, 1, 1));
        return Attentions.Output(g, Columns(g.MatMul(g.Softmax(logits), Columns(v))), p);
    }

    /// <summary>Queries, keys and values each pooled by a depth-wise convolution on the map of every head; a residual of the pooled query.</summary>
    public static string PoolingAttention(GraphBuilder g, string x)
    {
        var p = new AttentionPlan(Embed, 3, 4, 4, Tokens);
        (string q, string k, string v) = QkvProjections.Apply(g, x, x, p);
        string Pooled(string t, string name, int stride)
        {
            string map = g.Transpose(g.Op("Reshape", t, g.Constant(-1, 3, 3, 4)), 0, 3, 1, 2);
            string y = g.Conv(map, name, 4, 4, 3, stride, 1, 4, bias: false);
            int left = stride == 1 ? 9 : 4;
            string heads = g.Transpose(g.Op("Reshape", y, g.Constant(-1, 3, 4, left)), 0, 1, 3, 2);
            return Norms.Apply(g, heads, name + ".norm", 4);
        }
        string query = Pooled(q, "pool_q", 1);
        string y = Attentions.Products(g, query, Pooled(k, "pool_k", 2), Pooled(v, "pool_v", 2), p, t => g.Transpose(t, 0, 1, 3, 2));
        return Attentions.Output(g, g.Add(y, query), p);
    }

    /// <summary>A gate of tokens: half of the channels is mixed along the tokens and multiplies the other half.</summary>
    public static string SpatialGate(GraphBuilder g, string x)
    {
        string[] halves = g.Split(Activations.Apply(g, Linears.Apply(g, x, "channel_in", Embed, 16, Tokens)), -1, 8, 8);
        string gate = Norms.Apply(g, halves[1], "gate_norm", 8);
        string mixed = g.Transpose(Linears.Apply(g, g.Transpose(gate, 0, 2, 1), "spatial", Tokens, Tokens, 8), 0, 2, 1);
        return Linears.Apply(g, g.Mul(halves[0], mixed), "channel_out", 8, Embed, Tokens);
    }

    /// <summary>The runtime's operator for grouped queries: causal, with empty caches.</summary>
    public static string GroupQueryNode(GraphBuilder g, string x)
    {
        var p = new AttentionPlan(Embed, 4, 8, 8, Tokens) { KvHeads = 2 };
        (string q, string k, string v) = QkvProjections.Separate(g, x, x, p);
        string shape = g.Concat(0, g.Extent(x, 0), g.Constant(2, 0, 8));
        string empty = g.Op("Expand", g.Constant(Tensor.Of(ReadOnlySpan<float>.Empty, 1, 2, 0, 8)), shape);
        string lengths = g.Op("Expand", g.Constant(Tensor.FromInt64s(ElementType.Int32, [Tokens - 1], 1)), g.Extent(x, 0));
        string total = g.Constant(Tensor.FromInt64s(ElementType.Int32, [Tokens]));
        string[] y = g.Ops("GroupQueryAttention", "com.microsoft", [q, k, v, empty, empty, lengths, total], 3, ("num_heads", 4), ("kv_num_heads", 2));
        return Attentions.Project(g, y[0], p);
    }

    private static string Linear(GraphBuilder g, string x, Func<string, string> positive)
    {
        var p = new AttentionPlan(Embed, 3, 4, 5, Tokens);
        (string q, string k, string v) = QkvProjections.Apply(g, x, x, p);
        (q, k) = (positive(q), positive(k));
        string context = g.MatMul(g.Transpose(k, 0, 1, 3, 2), v);
        string sums = g.Transpose(g.ReduceSum(k, true, 2), 0, 1, 3, 2);
        return Attentions.Output(g, g.Div(g.MatMul(q, context), g.Add(g.MatMul(q, sums), g.Number(0.5))), p);
    }
}
