using SiDT.Tests.MiniZoo.Networks;

namespace SiDT.Tests.MiniZoo.Planted;

/// <summary>The weights of a transformer with dead units in it, by name.</summary>
internal sealed class Planting(int seed, VitPlan small, VitPlan big, Plant plants)
{
    private readonly Numbers _numbers = new(seed);
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, float[]> _given = [];

    public Dictionary<string, float[]> Numbers()
    {
        for (int i = 0; i < small.Blocks; i++)
        {
            Attention($"blocks.{i}.attn.");
            if (big.Hidden != small.Hidden)
                Hidden($"blocks.{i}.mlp.");
        }
        return _given;
    }

    private Matrix Weight(string name, int inputs, int outputs) => _numbers.Matrix(name, inputs, outputs);

    private Matrix Bias(string name, int width) => new(1, width, _numbers.Normal(name, width, 0.25));

    private void Attention(string scope)
    {
        int qk = small.Heads * small.Qk, v = small.Heads * small.V;
        var a = new AttentionNumbers(
            small.Heads, small.Qk, small.V,
            Weight(scope + "q_proj.weight", small.Embed, qk), Bias(scope + "q_proj.bias", qk),
            Weight(scope + "k_proj.weight", small.Embed, qk), Bias(scope + "k_proj.bias", qk),
            Weight(scope + "v_proj.weight", small.Embed, v), Bias(scope + "v_proj.bias", v),
            Weight(scope + "proj.weight", v, small.Embed));
        if (big.Qk != small.Qk)
            a = plants.HasFlag(Plant.LowRankQk) ? a.WithLowRankQk(big.Qk, _random) : a.WithDeadQk(big.Qk, _random);
        if (big.V != small.V)
            a = plants.HasFlag(Plant.LowRankV) ? a.WithLowRankV(big.V, _random) : a.WithDeadV(big.V, _random);
        if (big.Heads != small.Heads)
            a = a.WithDeadHeads(big.Heads, _random);
        (_given[scope + "q_proj.weight"], _given[scope + "q_proj.bias"]) = (a.Q.Data, a.QBias.Data);
        (_given[scope + "k_proj.weight"], _given[scope + "k_proj.bias"]) = (a.K.Data, a.KBias.Data);
        (_given[scope + "v_proj.weight"], _given[scope + "v_proj.bias"]) = (a.Value.Data, a.ValueBias.Data);
        _given[scope + "proj.weight"] = a.Out.Data;
    }

    private void Hidden(string scope)
    {
        Matrix up = Weight(scope + "fc1.weight", small.Embed, small.Hidden), down = Weight(scope + "fc2.weight", small.Hidden, small.Embed);
        Matrix upBias = Bias(scope + "fc1.bias", small.Hidden), downBias = Bias(scope + "fc2.bias", small.Embed);
        int[] places = AttentionNumbers.Choose(small.Hidden, big.Hidden, _random);
        Plant[] kinds = [.. new[] { Plant.SilentHidden, Plant.UnreadHidden, Plant.ConstantHidden }.Where(k => plants.HasFlag(k))];
        Plant[] kindOf = [.. Enumerable.Range(0, big.Hidden).Select(j => places.Contains(j) ? Plant.None : kinds[_random.Next(kinds.Length)])];
        float Up(Matrix m, int i, int j, bool isBias) => kindOf[j] switch
        {
            Plant.None => m[i, Array.IndexOf(places, j)],
            Plant.UnreadHidden => AttentionNumbers.Noise(_random),
            Plant.ConstantHidden when isBias => AttentionNumbers.Noise(_random),
            _ => 0,
        };
        Matrix bigUp = Matrix.Make(small.Embed, big.Hidden, (i, j) => Up(up, i, j, false));
        Matrix bigUpBias = Matrix.Make(1, big.Hidden, (i, j) => Up(upBias, i, j, true));
        Matrix bigDown = Matrix.Make(big.Hidden, small.Embed, (i, j) => kindOf[i] switch
        {
            Plant.None => down[Array.IndexOf(places, i), j],
            Plant.UnreadHidden => 0,
            _ => AttentionNumbers.Noise(_random),
        });
        float Constant(int column) => (float)Enumerable.Range(0, big.Hidden).Where(i => kindOf[i] == Plant.ConstantHidden)
            .Sum(i => Reference.ErrorFunction.Gelu(bigUpBias[0, i]) * bigDown[i, column]);
        (_given[scope + "fc1.weight"], _given[scope + "fc1.bias"]) = (bigUp.Data, bigUpBias.Data);
        _given[scope + "fc2.weight"] = bigDown.Data;
        _given[scope + "fc2.bias"] = Matrix.Make(1, small.Embed, (i, j) => downBias[0, j] - Constant(j)).Data;
    }
}
