using SiDT.Backend.Compilation;
using SiDT.Passes.Gathering;

namespace SiDT.Cli.Printing;

/// <summary>What was gathered, in a line.</summary>
internal static class StatisticsText
{
    public static string Of(string path, GatherResult result)
    {
        StatisticsFacts facts = result.Facts;
        string views = facts.Views > 1 ? $", {facts.Views} views of each" : "", part = facts.IsPartial ? $" of {facts.SamplesOfAll} (part {facts.ShardText})" : "";
        return $"Wrote {path}: sums over {result.Values} values, {facts.Samples} samples{part}{views}.";
    }
}
