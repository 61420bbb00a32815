using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Passes.Compensation.Steps;

namespace SiDT.Tests.Compensation.Steps;

/// <summary>Bodies of feed-forward nets as graphs, and what they compute in double precision.</summary>
internal static class Bodies
{
    public static Model Gelu(int units, int opset = 17) => Make(opset, [units], units, (g, p) => Gelu(g, p[0]));

    public static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>SiLU of the first times the second.</summary>
    public static Model Gated(int units) => Make(17, [units, units], units, (g, p) => g.Op("Mul", "z", Silu(g, p[0]), p[1]));

    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    /// <summary>One producer of twice the width, gates in front of what they let through.</summary>
    public static Model Stacked(int units) => Make(17, [2 * units], units, (g, p) =>
    {
        Node split = g.Add("Split", "", "split", [p[0], g.NewInitializer("sizes", Tensor.Vector(units, units))], 2).Set("axis", -1);
        return g.Op("Mul", "z", Silu(g, split.Outputs[0]!), split.Outputs[1]!);
    });

    /// <summary>One producer of twice the width, each gate beside what it lets through.</summary>
    public static Model Interleaved(int units) => Make(17, [2 * units], units, (g, p) =>
    {
        Value pairs = g.Op("Reshape", "pairs", p[0], g.NewInitializer("shape", Tensor.Vector(-1, units, 2)));
        Value gate = Pick(g, pairs, 0), value = Pick(g, pairs, 1);
        return g.Op("Mul", "z", Silu(g, gate), value);
    });

    public static Model Softmax(int units) => Make(17, [units], units, (g, p) => g.Add("Softmax", "", "z", [p[0]]).Set("axis", -1).Result);

    public static Model Mean(int units) => Make(17, [units], units, (g, p) => g.Op("Sub", "z", p[0], g.Add("ReduceMean", "", "mean", [p[0]]).Set("axes", [0L]).Result));

    private static Model Make(int opset, int[] widths, int units, Func<Graph, Value[], Value> write)
    {
        var proto = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "body" } };
        proto.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        var model = new Model(proto);
        Value[] inputs = [.. widths.Select((w, i) => BodyGraph.Declare(model.Graph.NewValue($"p{i}"), null, w))];
        model.Graph.Inputs.AddRange(inputs);
        model.Graph.Outputs.Add(BodyGraph.Declare(write(model.Graph, inputs), null, units));
        return model;
    }

    private static Value Gelu(Graph g, Value x)
    {
        Value erf = g.Op("Erf", "erf", g.Op("Div", "scaled", x, g.NewInitializer("root", Tensor.Scalar(MathF.Sqrt(2)))));
        Value one = g.Op("Add", "one", erf, g.NewInitializer("unit", Tensor.Scalar(1f)));
        return g.Op("Mul", "z", g.Op("Mul", "product", x, one), g.NewInitializer("half", Tensor.Scalar(0.5f)));
    }

    private static Value Silu(Graph g, Value x) => g.Op("Mul", "silu", x, g.Op("Sigmoid", "sigmoid", x));

    private static Value Pick(Graph g, Value pairs, long index) =>
        g.Add("Gather", "", $"pick{index}", [pairs, g.NewInitializer($"index{index}", Tensor.Scalar(index))]).Set("axis", 2).Result;

    // the series of Abramowitz and Stegun 7.1.6, exact for the arguments of the tests
    private static double Erf(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
