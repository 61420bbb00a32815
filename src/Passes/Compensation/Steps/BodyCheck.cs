using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Steps;

/// <summary>
/// Whether a body is a function of single units, found by running it: unit j of z may change only with the parts of unit j of the P_i, and
/// rows may not meet. Random numbers change at random units; whatever else changes is a reason not to refine.
/// </summary>
internal sealed class BodyCheck
{
    private const int SampleRows = 24, Trials = 4;
    private readonly FeedForward _net;
    private readonly Session _session;
    private readonly string[] _names;
    private readonly Random _random = new(1);

    private BodyCheck(FeedForward net, Session session, string[] names) => (_net, _session, _names) = (net, session, names);

    /// <summary>The layout of every producer, or the reason why the body cannot be refined.</summary>
    public static (IReadOnlyList<UnitLayout>? Layouts, string? Reason) Run(FeedForward net, SessionSettings settings)
    {
        if (Sizes(net) is { } sizes)
            return (null, sizes);
        string[] names = [.. net.Body.Graph.Inputs.Where(v => v.Initializer is null).Select(v => v.Name)];
        try
        {
            using Session session = Session.Open(net.Body, settings);
            return new BodyCheck(net, session, names).Layouts();
        }
        catch (RuntimeError error)
        {
            return (null, $"the function between the layers does not run alone: {error.Message}");
        }
    }

    private static string? Sizes(FeedForward net)
    {
        if (net.Producers.Count == 0 || net.Consumers.Count == 0)
            return "there is no layer in front, or none behind";
        if (net.Producers.Any(p => p.Weight.Rows != net.Inputs) || net.Consumers.Any(c => c.Weight.Rows != net.Units))
            return "the layers do not read the same values";
        if (net.Producers.Concat(net.Consumers).Any(l => l.Bias is not null && l.Bias.Length != l.Weight.Columns))
            return "a bias does not fit its weight";
        if (net.Body.Graph.Inputs.Count(v => v.Initializer is null) != net.Producers.Count || net.Body.Graph.Outputs.Count != 1)
            return "the function between the layers does not read one value for each layer, or gives several";
        if (net.Body.Graph.Nodes.Any(n => n.Subgraphs.Count > 0))
            return "there is control flow between the layers";
        return net.Producers.Any(p => net.Units == 0 || p.Weight.Columns == 0 || p.Weight.Columns % net.Units != 0)
            ? "a layer in front does not give equally many numbers for each unit" : null;
    }

    private (IReadOnlyList<UnitLayout>? Layouts, string? Reason) Layouts()
    {
        float[][] start = [.. _net.Producers.Select(p => Normal(SampleRows * p.Weight.Columns))];
        if (Evaluate(start, out string? reason) is not { } z)
            return (null, reason);
        var layouts = new List<UnitLayout>();
        for (int i = 0; i < start.Length; i++)
        {
            int parts = start[i].Length / z.Length;
            UnitLayout[] candidates = parts == 1
                ? [new UnitLayout(_net.Units, 1, false)]
                : [new UnitLayout(_net.Units, parts, false), new UnitLayout(_net.Units, parts, true)];
            UnitLayout? found = candidates.FirstOrDefault(c => Enumerable.Range(0, Trials).All(_ => Holds(c, start, i, z)));
            if (found is null)
                return (null, "the function between the layers mixes units");
            layouts.Add(found);
        }
        return (layouts, null);
    }

    // other numbers at some rows and units may change nothing elsewhere
    private bool Holds(UnitLayout layout, float[][] start, int producer, float[] z)
    {
        bool[] rows = Coins(SampleRows), units = Coins(layout.Units);
        float[][] changed = [.. start];
        float[] other = changed[producer] = (float[])start[producer].Clone();
        for (int i = 0; i < other.Length; i++)
        {
            if (rows[i / layout.Positions] && units[layout.UnitOf(i % layout.Positions)])
                other[i] = Normal();
        }
        if (Evaluate(changed, out _) is not { } after)
            return false;
        float largest = z.Max(Math.Abs);
        for (int i = 0; i < z.Length; i++)
        {
            bool free = rows[i / layout.Units] && units[i % layout.Units];
            if (!free && !(Math.Abs(after[i] - z[i]) <= 1e-6f * largest))
                return false;
        }
        return true;
    }

    private float[]? Evaluate(float[][] inputs, out string? reason)
    {
        var feeds = new Dictionary<string, Tensor>();
        for (int i = 0; i < inputs.Length; i++)
            feeds[_names[i]] = Tensor.Of(inputs[i], SampleRows, inputs[i].Length / SampleRows);
        Tensor z = _session.Run(feeds).Values.Single();
        reason = z.Type != ElementType.Float32 ? "the function between the layers does not compute with 32-bit floats"
            : z.Rank != 2 || z.Dims[0] != SampleRows || z.Dims[1] != _net.Units ? "the function between the layers does not give one number for each unit"
            : z.ToFloats().All(float.IsFinite) ? null : "the function between the layers is not finite on random numbers";
        return reason is null ? z.ToFloats() : null;
    }

    // some, but not all, unless there is a single one
    private bool[] Coins(int count)
    {
        bool[] coins = [.. Enumerable.Range(0, count).Select(_ => _random.Next(2) == 1)];
        int at = _random.Next(count);
        coins[at] = true;
        coins[(at + 1) % count] = count == 1;
        return coins;
    }

    private float[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ => Normal())];

    private float Normal() => (float)(2 * Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));
}
