using SiDT.Frontend;
using SiDT.Tests.MiniZoo;

namespace SiDT.Tests.Compensation;

/// <summary>Feed-forward nets beside one residual stream, one after the other.</summary>
internal static class NetsInARow
{
    public const int Width = 16, Hidden = 32, Tokens = 6, Rows = 8;

    public static Model Make(int count)
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        string x = g.Input("x", [Rows, Tokens, Width]);
        for (int i = 0; i < count; i++)
        {
            string hidden = g.Op("Relu", g.Add(g.MatMul(x, g.Weight($"net{i}.in", 0.4f, Width, Hidden)), g.Weight($"net{i}.in.bias", 0.1f, Hidden)));
            x = g.Add(x, g.Add(g.MatMul(hidden, g.Weight($"net{i}.out", 0.4f, Hidden, Width)), g.Weight($"net{i}.out.bias", 0.1f, Width)));
        }
        g.Output(x, "y", Rows, Tokens, Width);
        return g.Build();
    }
}
