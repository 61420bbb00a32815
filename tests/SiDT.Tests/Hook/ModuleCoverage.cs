using System.Globalization;
using System.Text;
using SiDT.Tests.Frontend;

namespace SiDT.Tests.Hook;

/// <summary>The part of the coverage page about TorchSharp: what cannot be said, by operator.</summary>
internal static class ModuleCoverage
{
    public static string OfZoo()
    {
        string[] paths = ZooFactAttribute.Graphs;
        return Of(EmittedZoo.Of(paths), paths.Length);
    }

    public static string Of(EmittedZoo zoo, int total)
    {
        var text = new StringBuilder("\n## As TorchSharp modules\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{zoo.Count} of {total} graphs that others made can be said as modules (`sidtc hook`). The others, by operator:\n\n");
        text.Append("| operator | graphs | why |\n| --- | --- | --- |\n");
        foreach (var group in zoo.Refused.GroupBy(r => r.Value.Split(' ')[0]).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            string reason = group.First().Value;
            reason = reason[(reason.IndexOf(": ", StringComparison.Ordinal) + 2)..reason.IndexOf(", so the graph", StringComparison.Ordinal)];
            text.Append(CultureInfo.InvariantCulture, $"| {group.Key} | {string.Join(", ", group.Select(g => g.Key).Order(StringComparer.Ordinal))} | {reason} |\n");
        }
        return text.ToString();
    }
}
