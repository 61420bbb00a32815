using SiDT.Frontend;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Steps;
using SiDT.Runtime;
using SiDT.Tests.Compensation.Algebra;
using Xunit;

namespace SiDT.Tests.Compensation.Steps;

public sealed class RefinementTests
{
    private static readonly RefinementSettings Settings = new(Session: new SessionSettings(Threads: 2));

    [Theory]
    [InlineData("gelu")]
    [InlineData("gelu of opset 11")]
    [InlineData("gated")]
    [InlineData("stacked")]
    [InlineData("interleaved")]
    [InlineData("without biases, two consumers")]
    public void The_gradient_is_that_of_finite_differences_of_the_loss(string kind)
    {
        const int n = 5, h = 7, rows = 40;
        bool bare = kind.StartsWith("without", StringComparison.Ordinal);
        (Model body, int[] widths, Func<double[][], int, double> unit) = kind switch
        {
            "gated" => (Bodies.Gated(h), new[] { h, h }, (p, j) => Bodies.Silu(p[0][j]) * p[1][j]),
            "stacked" => (Bodies.Stacked(h), [2 * h], (p, j) => Bodies.Silu(p[0][j]) * p[0][j + h]),
            "interleaved" => (Bodies.Interleaved(h), [2 * h], (p, j) => Bodies.Silu(p[0][2 * j]) * p[0][2 * j + 1]),
            "gelu of opset 11" => (Bodies.Gelu(h, 11), [h], (p, j) => Bodies.Gelu(p[0][j])),
            _ => (Bodies.Gelu(h), (int[])[h], (Func<double[][], int, double>)((p, j) => Bodies.Gelu(p[0][j]))),
        };
        LinearLayer[] front = [.. widths.Select((w, i) => Layer(n, w, 10 + i, !bare))];
        LinearLayer[] behind = bare ? [Layer(h, 2, 20, false), Layer(h, 1, 21, true)] : [Layer(h, 3, 20, true)];
        var net = new FeedForward(front, body, behind);
        (IReadOnlyList<UnitLayout>? layouts, string? reason) = BodyCheck.Run(net, Settings.Session!);
        Assert.Null(reason);
        double[] scales = [0.5, 2, 1];
        var graph = StepGraph.Build(net, layouts!, scales, Settings);
        using var runner = new StepRunner(graph, Settings);
        Matrix a = Samples.Normal(rows, n, 1), t = Samples.Normal(rows, 3, 2);
        double[] w = [.. Enumerable.Range(0, rows).Select(i => 0.5 + i % 3)];
        double loss = runner.Step(a.ToFloats(), t.ToFloats(), [.. w.Select(x => (float)x)]);
        Dictionary<string, double[]> at = graph.Parameters.ToDictionary(p => p.Name, p => Array.ConvertAll(p.Start, x => (double)x));
        Assert.Equal(Loss(at), loss, 1e-5);
        foreach (Parameter parameter in graph.Parameters)
        {
            // behind the first step, the mean of gradients is a tenth of the only one
            float[] mean = runner.Read(StepGraph.Mean(parameter.Name));
            double[] expected = [.. Enumerable.Range(0, mean.Length).Select(i => Difference(parameter.Name, i))];
            double largest = expected.Max(Math.Abs);
            for (int i = 0; i < mean.Length; i++)
                Assert.True(Math.Abs(10 * mean[i] - expected[i]) < 2e-4 * largest, $"{parameter.Name}[{i}]: {10 * mean[i]} instead of {expected[i]}");
        }

        double Difference(string name, int i)
        {
            // the first consumer has no bias, and gets none
            if (bare && name == "b" && i < 2)
                return 0;
            const double e = 1e-5;
            double start = at[name][i];
            at[name][i] = start + e;
            double up = Loss(at);
            at[name][i] = start - e;
            double down = Loss(at);
            at[name][i] = start;
            return (up - down) / (2 * e);
        }

        double Loss(Dictionary<string, double[]> values)
        {
            double sum = 0;
            for (int r = 0; r < rows; r++)
            {
                var p = new double[widths.Length][];
                for (int i = 0; i < p.Length; i++)
                {
                    p[i] = values.TryGetValue($"b{i}", out double[]? b) ? (double[])b.Clone() : new double[widths[i]];
                    for (int j = 0; j < widths[i]; j++)
                    {
                        for (int k = 0; k < n; k++)
                            p[i][j] += a[r, k] * values[$"W{i}"][k * widths[i] + j];
                    }
                }
                for (int o = 0; o < 3; o++)
                {
                    double y = values.TryGetValue("b", out double[]? b) ? b[o] : 0;
                    for (int j = 0; j < h; j++)
                        y += unit(p, j) * values["W"][j * 3 + o];
                    sum += w[r] * scales[o] * (y - t[r, o]) * (y - t[r, o]);
                }
            }
            return sum / w.Sum();
        }
    }

    [Fact]
    public void Steps_bring_a_cut_net_back_to_a_teacher_of_twice_the_width()
    {
        const int n = 12, h = 24;
        LinearLayer front = Layer(n, 2 * h, 1, true), behind = Layer(2 * h, n, 2, true);
        Matrix x = Samples.Normal(6000, n, 3), y = Gelu(x, front, behind);
        int[] kept = [.. Enumerable.Range(0, h)];
        var net = new FeedForward(
            [new LinearLayer(front.Weight.SelectColumns(kept), front.Bias![..h])], Bodies.Gelu(h), [new LinearLayer(behind.Weight.SelectRows(kept), behind.Bias)]);
        var store = new RowStore(Part(x, y, 0, 5000));
        List<double> losses = [];
        RefinementResult result = Refinement.Run(
            net, step => store.Draw(step, 512), Part(x, y, 5000, 1000), Settings with { Steps = 400, Rate = 1e-2 }, (_, loss) => losses.Add(loss));
        Assert.True(result.Improved, result.Reason);
        Assert.InRange(result.After, 0, result.Before / 4);
        Assert.Equal(400, losses.Count);
        // what is given back has the loss that was said
        Matrix now = Gelu(x, result.Producers[0], result.Consumers[0]).Plus(y, -1);
        double left = 0;
        for (int i = 5000 * n; i < now.Data.Length; i++)
            left += now.Data[i] * now.Data[i] / 1000;
        Matrix held = new(1000, n, y.Data[(5000 * n)..]);
        Samples.AssertNear(left / Samples.Covariance(held).Trace(), result.After, 1e-3);
        // and the same seed gives the same layers
        RefinementResult again = Refinement.Run(net, step => store.Draw(step, 512), Part(x, y, 5000, 1000), Settings with { Steps = 400, Rate = 1e-2 });
        Assert.Equal(result.Producers[0].Weight.Data, again.Producers[0].Weight.Data);
    }

    [Fact]
    public void Old_layers_stay_where_steps_do_not_help()
    {
        LinearLayer front = Layer(6, 8, 1, true), behind = Layer(8, 4, 2, false);
        Matrix x = Samples.Normal(300, 6, 3), y = Gelu(x, front, behind), noise = Samples.Normal(300, 4, 4);
        var net = new FeedForward([front], Bodies.Gelu(8), [behind]);
        // learning from noise cannot improve what is exact
        var store = new RowStore(Part(x, noise, 0, 300));
        RefinementResult result = Refinement.Run(net, step => store.Draw(step, 64), Part(x, y, 0, 300), Settings with { Steps = 10 });
        Assert.False(result.Improved);
        Assert.Contains("held out", result.Reason);
        Assert.Same(front, result.Producers[0]);
        Assert.Null(result.Consumers[0].Bias);
    }

    [Fact]
    public void Of_the_way_that_steps_went_the_point_is_taken_that_rows_held_out_like_best()
    {
        LinearLayer front = Layer(6, 8, 1, true), behind = Layer(8, 4, 2, true);
        Matrix x = Samples.Normal(500, 6, 3), y = Gelu(x, front, behind), drawn = y.Copy(), seen = y.Copy();
        for (int i = 0; i < y.Data.Length; i++)
            (drawn.Data[i], seen.Data[i]) = (y.Data[i] + 0.2, y.Data[i] + 0.11);
        var net = new FeedForward([front], Bodies.Gelu(8), [behind]);
        var store = new RowStore(Part(x, drawn, 0, 500));
        RefinementResult result = Refinement.Run(net, step => store.Draw(step, 64), Part(x, seen, 0, 500), Settings with { Steps = 300, Rate = 1e-2 });
        Assert.True(result.Improved, result.Reason);
        // half of the way is nearly all of what helps, and the end would be as far off as the start
        Assert.InRange(result.After, 0, 0.1 * result.Before);
    }

    [Fact]
    public void Decay_draws_weights_back_to_where_they_started()
    {
        LinearLayer front = Layer(6, 8, 1, true), behind = Layer(8, 4, 2, true);
        Matrix x = Samples.Normal(500, 6, 3), y = Samples.Normal(6, 4, 4);
        var net = new FeedForward([front], Bodies.Gelu(8), [behind]);
        var store = new RowStore(Part(x, x.Times(y), 0, 500));
        double Moved(double decay)
        {
            RefinementResult result = Refinement.Run(net, step => store.Draw(step, 64), Part(x, x.Times(y), 0, 500), Settings with { Rate = 1e-2, Decay = decay });
            Assert.True(result.Improved, result.Reason);
            Matrix change = result.Consumers[0].Weight.Plus(behind.Weight, -1);
            return change.Inner(change);
        }
        Assert.InRange(Moved(10), 0, 0.5 * Moved(0));
    }

    [Theory]
    [InlineData("softmax", "mixes units")]
    [InlineData("mean over rows", "mixes units")]
    [InlineData("other width", "equally many")]
    [InlineData("two inputs", "one value for each layer")]
    public void Bodies_that_are_no_functions_of_single_units_are_refused(string kind, string words)
    {
        Model body = kind switch
        {
            "softmax" => Bodies.Softmax(8),
            "mean over rows" => Bodies.Mean(8),
            "two inputs" => Bodies.Gated(8),
            _ => Bodies.Gelu(9),
        };
        var net = new FeedForward([Layer(4, kind == "other width" ? 9 : 8, 1, true)], body, [Layer(8, 3, 2, true)]);
        RefinementResult result = Refinement.Run(net, _ => throw new InvalidOperationException(), new Rows(default, default, []), Settings);
        Assert.False(result.Improved);
        Assert.Contains(words, result.Reason);
    }

    [Fact]
    public void Rows_are_drawn_by_their_odds_and_the_seed()
    {
        var store = new RowStore(new Rows(new float[] { 0, 1, 2 }, new float[] { 0, 10, 20 }, [1, 1, 1]), [1, 0, 3], 7);
        (float[] inputs, float[] targets, _) = store.Draw(3, 4000);
        Assert.Equal(inputs.Select(x => 10 * x), targets);
        Assert.DoesNotContain(1f, inputs);
        Assert.InRange(inputs.Count(x => x == 2), 2800, 3200);
        Assert.Equal(inputs, store.Draw(3, 4000).Inputs);
        Assert.NotEqual(inputs, store.Draw(4, 4000).Inputs);
    }

    private static LinearLayer Layer(int inputs, int outputs, int seed, bool bias) =>
        new(Matrix.FromFloats(inputs, outputs, Samples.Normal(inputs, outputs, seed).Scaled(1 / Math.Sqrt(inputs)).ToFloats()),
            bias ? [.. Samples.Normal(1, outputs, seed + 100).ToFloats()] : null);

    private static Rows Part(Matrix x, Matrix y, int start, int count) =>
        new(x.ToFloats()[(start * x.Columns)..((start + count) * x.Columns)], y.ToFloats()[(start * y.Columns)..((start + count) * y.Columns)], [.. Enumerable.Repeat(1f, count)]);

    private static Matrix Gelu(Matrix x, LinearLayer front, LinearLayer behind)
    {
        Matrix z = Linear(x, front);
        for (int i = 0; i < z.Data.Length; i++)
            z.Data[i] = Bodies.Gelu(z.Data[i]);
        return Linear(z, behind);
    }

    private static Matrix Linear(Matrix x, LinearLayer layer)
    {
        Matrix y = x.Times(layer.Weight);
        for (int i = 0; layer.Bias is not null && i < y.Data.Length; i++)
            y.Data[i] += layer.Bias[i % y.Columns];
        return y;
    }
}
