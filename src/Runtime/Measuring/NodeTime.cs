using System.Text.Json;

namespace SiDT.Runtime;

/// <summary>Times of single nodes from ONNX Runtime's profile.</summary>
/// <param name="Node">The node's name after the optimisations of ONNX Runtime.</param>
/// <param name="Operator">What it became by then.</param>
/// <param name="Microseconds">Mean of its faster runs, save for the very fastest: what disturbs a run only makes it slower.</param>
public sealed record NodeTime(string Node, string Operator, double Microseconds)
{
    private const string Ending = "_kernel_time";

    /// <summary>Runs a model some times with the profiler on.</summary>
    /// <param name="open">Opens the session with the settings that are given.</param>
    /// <param name="settings">How it computes otherwise.</param>
    /// <param name="run">Runs it as often as its times shall be counted; the first two runs are left out.</param>
    public static IReadOnlyList<NodeTime> Measure(Func<SessionSettings, Session> open, SessionSettings settings, Action<Session> run)
    {
        string? file = null;
        try
        {
            using (Session session = open(settings with { Profile = true }))
            {
                try
                {
                    run(session);
                }
                finally
                {
                    file = session.EndProfile();
                }
            }
            return Read(File.ReadAllBytes(file));
        }
        finally
        {
            if (file is not null)
                File.Delete(file);
        }
    }

    /// <summary>Reads a profile (Chrome trace JSON).</summary>
    public static IReadOnlyList<NodeTime> Read(byte[] profile)
    {
        var times = new Dictionary<string, (string Operator, List<double> Runs)>(StringComparer.Ordinal);
        using JsonDocument document = JsonDocument.Parse(profile);
        foreach (JsonElement entry in document.RootElement.EnumerateArray())
        {
            if (!entry.TryGetProperty("cat", out JsonElement cat) || !cat.ValueEquals("Node") || entry.GetProperty("name").GetString() is not { } name || !name.EndsWith(Ending, StringComparison.Ordinal))
                continue;
            JsonElement arguments = entry.GetProperty("args");
            name = name[..^Ending.Length];
            string key = arguments.TryGetProperty("node_index", out JsonElement index) ? $"{name}\n{index}" : name; // names need not differ
            if (!times.TryGetValue(key, out (string Operator, List<double> Runs) known))
                times[key] = known = (arguments.TryGetProperty("op_name", out JsonElement op) ? op.GetString() ?? "" : "", []);
            known.Runs.Add(entry.GetProperty("dur").GetDouble());
        }
        return [.. times.Select(t => new NodeTime(t.Key.Split('\n')[0], t.Value.Operator, Fast(t.Value.Runs)))];
    }

    // whole microseconds: a mean says more than a median
    private static double Fast(List<double> runs)
    {
        double[] sorted = [.. runs.Skip(runs.Count > 4 ? 2 : 0).Order()];
        return sorted[(sorted.Length / 10)..((sorted.Length + 1) / 2)].Average();
    }
}
