using SiDT.Backend.Hook.Lowering;
using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Rollout;
using SiDT.Runtime;

namespace SiDT.Backend.Pages;

/// <summary>What two models look at in some pictures, by attention rollout.</summary>
public static class AttentionPictures
{
    private const int Pictures = 6;

    /// <summary>Rolls the attention of both models out over a handful of samples; where that cannot be, says why.</summary>
    /// <param name="a">The first model.</param>
    /// <param name="b">The second.</param>
    /// <param name="data">Samples, spread evenly.</param>
    /// <param name="settings">How ONNX Runtime computes.</param>
    /// <param name="progress">Told how many pictures are done, of how many.</param>
    /// <param name="cancel">Ends the work between two pictures.</param>
    public static PageAttention Of(Model a, Model b, DataSet data, SessionSettings settings, Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        try
        {
            DataSet some = data.Take(Pictures);
            Batch[] batches = [.. Enumerable.Range(0, some.Count).Select(i => some.Shard(i, some.Count).Batches(1).First())];
            if (Picture(batches[0].Feeds) is not { } input)
                return new PageAttention("the data are no pictures", []);
            using var first = new Looker(a, "the first model", input, batches[0].Feeds, settings);
            using var second = new Looker(b, "the second model", input, batches[0].Feeds, settings);
            using var encoder = new PictureEncoder();
            var pictures = new List<PagePicture>();
            foreach (Batch batch in batches)
            {
                cancel.ThrowIfCancellationRequested();
                progress?.Invoke(pictures.Count, batches.Length);
                PageMap before = first.Look(batch.Feeds), after = second.Look(batch.Feeds);
                pictures.Add(new PagePicture(encoder.DataUri(batch.Feeds[input], data.Preprocessing), before, after, PageMap.Likeness(before, after)));
            }
            return new PageAttention(null, pictures);
        }
        catch (RolloutError error)
        {
            return new PageAttention(error.Message, []);
        }
        catch (Exception failure) when (failure is RuntimeError or DataError or ModelError)
        {
            return new PageAttention(failure.Message, []); // what a page adds is no reason to lose what was made
        }
    }

    private static string? Picture(IReadOnlyDictionary<string, Tensor> feeds) =>
        feeds.FirstOrDefault(f => f.Value.Rank == 4 && (f.Value.Dims[1] is 1 or 3 || f.Value.Dims[3] is 1 or 3)).Key;

    /// <summary>One model, and where its attention comes out.</summary>
    private sealed class Looker : IDisposable
    {
        private readonly RolloutGraph _graph;
        private readonly Session _session;

        public Looker(Model model, string name, string input, IReadOnlyDictionary<string, Tensor> feeds, SessionSettings settings)
        {
            try
            {
                _graph = new AttentionRollout().Run(Plain(FunctionInliner.Inline(model)), input, feeds.ToDictionary(f => f.Key, f => f.Value.Dims));
            }
            catch (RolloutError error)
            {
                throw new RolloutError($"of {name}, {error.Message}");
            }
            _session = Session.Open(_graph.Model, settings);
        }

        // fused attention keeps its probabilities to itself; where something cannot be taken apart, nothing is
        private static Model Plain(Model model)
        {
            try
            {
                return Lowerings.Run(model);
            }
            catch (ModelError)
            {
                return model;
            }
        }

        public PageMap Look(IReadOnlyDictionary<string, Tensor> feeds)
        {
            float[] map = _session.Run(feeds, [_graph.Map])[_graph.Map].ToFloats();
            double sum = map.Sum(x => (double)x);
            return new PageMap(_graph.Height, _graph.Width, _graph.Layers, [.. map.Select(x => sum > 0 && double.IsFinite(sum) ? Math.Round(x / sum, 6) : 0)]);
        }

        public void Dispose() => _session.Dispose();
    }
}

/// <summary>What models look at in pictures.</summary>
/// <param name="Why">Why there are no pictures; null: there are.</param>
/// <param name="Pictures">Each picture with two maps.</param>
public sealed record PageAttention(string? Why, IReadOnlyList<PagePicture> Pictures);

/// <param name="Picture">A data URI.</param>
/// <param name="Before">What the first model looks at.</param>
/// <param name="After">What the second looks at.</param>
/// <param name="Likeness">The correlation of both maps over patches: 1 where they rise and fall together, 0 where they have nothing in common.</param>
public sealed record PagePicture(string Picture, PageMap Before, PageMap After, double Likeness);

/// <param name="Height">Rows of patches.</param>
/// <param name="Width">Columns of patches.</param>
/// <param name="Layers">Layers of attention between the picture and the output.</param>
/// <param name="Shares">The share of each patch, row by row; they sum to one.</param>
public sealed record PageMap(int Height, int Width, int Layers, double[] Shares)
{
    /// <summary>Pearson's correlation; on grids of different sizes, of the finer one's patches as they lie in the coarser one. What all patches share says nothing, so it is taken off.</summary>
    internal static double Likeness(PageMap a, PageMap b)
    {
        int height = Math.Max(a.Height, b.Height), width = Math.Max(a.Width, b.Width);
        double mean = 1.0 / (height * width), product = 0, squareA = 0, squareB = 0;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double p = a.At(y, x, height, width) - mean, q = b.At(y, x, height, width) - mean;
                product += p * q;
                squareA += p * p;
                squareB += q * q;
            }
        }
        const double flat = 1e-12;
        return squareA < flat && squareB < flat ? 1 : Math.Round(product / Math.Max(Math.Sqrt(squareA * squareB), flat), 4);
    }

    private double At(int y, int x, int height, int width) =>
        Shares[(y * Height / height * Width) + (x * Width / width)] * Height * Width / ((double)height * width);
}
