using SiDT.Frontend;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Runtime;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace SiDT.Passes.Compensation.Steps;

/// <summary>What refining gave.</summary>
/// <param name="Producers">New layers in front; the old ones where it did not help.</param>
/// <param name="Consumers">New layers behind; the old ones where it did not help.</param>
/// <param name="Before">The loss on rows held out, before: squared error over the variance of the targets.</param>
/// <param name="After">The loss with the layers given back.</param>
/// <param name="Improved">Whether these are new layers.</param>
/// <param name="Reason">Why they are the old ones; null where they are new.</param>
public sealed record RefinementResult(
    IReadOnlyList<LinearLayer> Producers, IReadOnlyList<LinearLayer> Consumers, double Before, double After, bool Improved, string? Reason);

/// <summary>
/// Refines both layers of a feed-forward net together by gradient steps, so that it does again what a larger one did: the loss is the
/// weighted mean over rows of |y - t|^2 over the variance of t, for each consumer, summed. Nothing is kept that rows held out do not confirm:
/// of some points between start and end the one with the least loss there.
/// </summary>
public static class Refinement
{
    private const int Chunk = 2048;

    // steps may lead too far for rows that they did not see: the best point on the way is taken (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022)
    private static readonly float[] s_ways = [1, 0.75f, 0.5f, 0.25f];

    /// <summary>Takes the steps.</summary>
    /// <param name="net">The layers and the body between them.</param>
    /// <param name="draw">Rows for a step, asked for one after the other on any thread: a [rows x n], t [rows x out], weights [rows]; how many is up to it (1024).</param>
    /// <param name="heldOut">Rows of images that are never drawn.</param>
    /// <param name="settings">Steps, rates, device.</param>
    /// <param name="progress">Told each step and its loss.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    /// <returns>New layers, or the old ones with the reason.</returns>
    /// <exception cref="RuntimeError">ONNX Runtime failed.</exception>
    public static RefinementResult Run(
        FeedForward net, Func<int, (float[] Inputs, float[] Targets, float[] Weights)> draw, Rows heldOut, RefinementSettings settings,
        Action<int, double>? progress = null, CancellationToken cancellation = default)
    {
        (IReadOnlyList<UnitLayout>? layouts, string? reason) = BodyCheck.Run(net, settings.Session ?? new SessionSettings());
        if (layouts is null)
            return Old(net, double.NaN, reason!);
        if (heldOut.Count == 0 || heldOut.Inputs.Length != heldOut.Count * net.Inputs || heldOut.Targets.Length != heldOut.Count * net.Outputs)
            return Old(net, double.NaN, "the rows held out do not fit the layers");
        double[] scales = Scales(net, heldOut);
        using Session loss = Session.Open(StepGraph.Build(net, layouts, scales, null).Model, settings.Session ?? new SessionSettings());
        StepGraph graph = StepGraph.Build(net, layouts, scales, settings);
        double before = Loss(loss, net, heldOut, graph.Parameters.ToDictionary(p => p.Name, p => p.Start));
        if (!double.IsFinite(before))
            return Old(net, double.NaN, "the loss is not finite at the start");
        using var runner = new StepRunner(graph, settings);
        Task<(float[] Inputs, float[] Targets, float[] Weights)>? drawn = null;
        for (int step = 0; step < settings.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            (float[] inputs, float[] targets, float[] weights) = drawn?.GetAwaiter().GetResult() ?? draw(step);
            int next = step + 1;
            drawn = next < settings.Steps ? Task.Run(() => draw(next), CancellationToken.None) : null; // while this step is computed
            double now = runner.Step(inputs, targets, weights);
            if (!double.IsFinite(now))
                return Old(net, before, $"the loss is not finite at step {step}");
            progress?.Invoke(step, now);
        }
        Dictionary<string, float[]> reached = graph.Parameters.ToDictionary(p => p.Name, p => runner.Read(p.Name)), refined = reached;
        double after = double.PositiveInfinity;
        foreach (float way in s_ways)
        {
            var between = graph.Parameters.ToDictionary(p => p.Name, p => Between(p.Start, reached[p.Name], way));
            double left = Loss(loss, net, heldOut, between);
            if (left < after)
                (refined, after) = (between, left);
        }
        return after < before
            ? new RefinementResult(Front(net, refined), Behind(net, refined), before, after, true, null)
            : Old(net, before, "the steps did not lower the loss on rows held out");
    }

    private static float[] Between(float[] start, float[] end, float way)
    {
        var result = new float[start.Length];
        TensorPrimitives.Lerp(start, end, way, result);
        return result;
    }

    private static RefinementResult Old(FeedForward net, double loss, string reason) => new(net.Producers, net.Consumers, loss, loss, false, reason);

    /// <summary>For each output 1 / the variance of its consumer's targets.</summary>
    private static double[] Scales(FeedForward net, Rows rows)
    {
        var sums = new double[net.Outputs];
        var squares = new double[net.Outputs];
        double mass = 0;
        ReadOnlySpan<float> targets = rows.Targets.Span;
        for (int r = 0; r < rows.Count; r++)
        {
            double w = rows.Weights[r];
            mass += w;
            for (int i = 0; i < sums.Length; i++)
            {
                double t = targets[r * sums.Length + i];
                sums[i] += w * t;
                squares[i] += w * t * t;
            }
        }
        var scales = new double[net.Outputs];
        int start = 0;
        foreach (LinearLayer consumer in net.Consumers)
        {
            double variance = 0;
            for (int i = start; i < start + consumer.Weight.Columns; i++)
                variance += Math.Max(0, squares[i] / mass - sums[i] / mass * (sums[i] / mass));
            Array.Fill(scales, variance > 0 && double.IsFinite(variance) ? 1 / variance : 1, start, consumer.Weight.Columns);
            start += consumer.Weight.Columns;
        }
        return scales;
    }

    private static double Loss(Session session, FeedForward net, Rows rows, Dictionary<string, float[]> parameters)
    {
        Dictionary<string, Tensor> feeds = session.Inputs.Where(p => parameters.ContainsKey(p.Name))
            .ToDictionary(p => p.Name, p => Tensor.Of(parameters[p.Name], [.. p.Dims.Select(d => d!.Value)]));
        double sum = 0, mass = 0;
        for (int start = 0; start < rows.Count; start += Chunk)
        {
            int count = Math.Min(Chunk, rows.Count - start);
            ReadOnlySpan<float> weights = rows.Weights.AsSpan(start, count);
            double part = 0;
            foreach (float w in weights)
                part += w;
            feeds[StepGraph.Inputs] = Tensor.Of(rows.Inputs.Span.Slice(start * net.Inputs, count * net.Inputs), count, net.Inputs);
            feeds[StepGraph.Targets] = Tensor.Of(rows.Targets.Span.Slice(start * net.Outputs, count * net.Outputs), count, net.Outputs);
            feeds[StepGraph.Weights] = Tensor.Of(weights, count, 1);
            sum += part * session.Run(feeds)[StepGraph.Loss].ToFloats()[0];
            mass += part;
        }
        return sum / mass;
    }

    private static LinearLayer[] Front(FeedForward net, Dictionary<string, float[]> refined) =>
        [.. net.Producers.Select((p, i) => new LinearLayer(
            Matrix.FromFloats(p.Weight.Rows, p.Weight.Columns, refined[$"W{i}"]), p.Bias is null ? null : Array.ConvertAll(refined[$"b{i}"], x => (double)x)))];

    private static LinearLayer[] Behind(FeedForward net, Dictionary<string, float[]> refined)
    {
        Matrix weight = Matrix.FromFloats(net.Units, net.Outputs, refined["W"]);
        var layers = new LinearLayer[net.Consumers.Count];
        int start = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            int[] columns = [.. Enumerable.Range(start, net.Consumers[i].Weight.Columns)];
            start += columns.Length;
            layers[i] = new LinearLayer(weight.SelectColumns(columns), net.Consumers[i].Bias is null ? null : [.. columns.Select(c => (double)refined["b"][c])]);
        }
        return layers;
    }
}
