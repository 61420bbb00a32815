using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Tests.Compensation.Zoo;

/// <summary>How far a model's outputs are from an original's on some inputs: the squared difference over the squared spread, the mean over all outputs.</summary>
internal sealed class OutputError
{
    private readonly IReadOnlyList<IReadOnlyDictionary<string, Tensor>> _inputs;
    private readonly IReadOnlyList<Dictionary<string, float[]>> _expected;
    private readonly Dictionary<string, double> _spreads = [];
    private readonly SessionSettings _settings;

    public OutputError(Model original, IReadOnlyList<IReadOnlyDictionary<string, Tensor>> inputs, SessionSettings settings)
    {
        _inputs = inputs;
        _settings = settings;
        _expected = Run(original);
        foreach (string name in _expected[0].Keys)
        {
            double[] all = [.. _expected.SelectMany(e => e[name]).Where(float.IsFinite).Select(x => (double)x)];
            double mean = all.Length == 0 ? 0 : all.Average();
            _spreads[name] = all.Sum(x => (x - mean) * (x - mean)) + 1e-30;
        }
    }

    /// <summary>Infinite where anything is not finite that was.</summary>
    public double Of(Model model)
    {
        IReadOnlyList<Dictionary<string, float[]>> found = Run(model);
        return _spreads.Keys.Average(name => Enumerable.Range(0, found.Count).Sum(b => Squared(_expected[b][name], found[b][name])) / _spreads[name]);
    }

    /// <summary>The largest difference of an element, relative to the largest element of its output.</summary>
    public double LargestOf(Model model)
    {
        IReadOnlyList<Dictionary<string, float[]>> found = Run(model);
        return _spreads.Keys.Max(name =>
        {
            double largest = _expected.SelectMany(e => e[name]).Where(float.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
            return Enumerable.Range(0, found.Count).Max(b => _expected[b][name].Zip(found[b][name], (x, y) => float.IsFinite(x) ? Math.Abs((double)x - y) : 0).Max()) / (largest + 1e-6);
        });
    }

    private static double Squared(float[] expected, float[] found)
    {
        if (expected.Length != found.Length)
            return double.PositiveInfinity;
        double sum = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double d = (double)expected[i] - found[i];
            if (float.IsFinite(expected[i]))
                sum += double.IsFinite(d) ? d * d : double.PositiveInfinity;
        }
        return sum;
    }

    private Dictionary<string, float[]>[] Run(Model model)
    {
        using Session session = Session.Open(model, _settings);
        return [.. _inputs.Select(i => session.Run(i).Where(o => o.Value.Type.IsFloating()).ToDictionary(o => o.Key, o => o.Value.ToFloats()))];
    }
}
