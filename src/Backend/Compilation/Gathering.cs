using SiDT.Frontend;
using SiDT.Passes.Gathering;
using SiDT.Runtime;

namespace SiDT.Backend.Compilation;

/// <summary>Statistics to plan with, gathered from calibration data and added up.</summary>
public static class Gathering
{
    /// <summary>Gathers over one part of the data and writes the file.</summary>
    /// <param name="model">The model, analysed.</param>
    /// <param name="options">The data and how they are looked at.</param>
    /// <param name="shard">Which part.</param>
    /// <param name="target">Where the file goes.</param>
    /// <param name="progress">Told how many samples are done, of how many.</param>
    /// <exception cref="DataError">The data are at fault, or fewer than parts.</exception>
    /// <exception cref="ModelError">Nothing can be gathered, or an activation is not finite.</exception>
    public static GatherResult Run(Prepared model, CompileOptions options, Shard shard, Stream target, Action<int, int> progress)
    {
        var gatherer = new Gatherer(model.Analysis);
        if (gatherer.Count == 0)
            throw new ModelError($"'{model.Name}' has no product that reads units, so there is nothing to gather; plan it with '--criterion magnitude'");
        DataSet data = CalibrationData.Open(model.Original, options);
        if (data.Count < shard.Count)
            throw new DataError($"the data hold {data.Count} samples, too few for {shard.Count} parts; divide them into {data.Count} at most");
        CalibrationSet all = CalibrationSet.Of(data, options.Views, options.Seed), rows = all.Shard(shard.Index - 1, shard.Count);
        if (rows.Samples == 0)
            throw new DataError($"part {shard.Index} of {shard.Count} would be empty, because samples that are mixed with one another stay together; divide the data into {all.MostFolds} parts at most");
        var facts = new StatisticsFacts(model.Input.Sha256 ?? "", rows.Samples, rows.SamplesOfAll, rows.Views, rows.Seed, shard.Count, [shard.Index]);
        var writer = new StatisticsWriter(target, facts, gatherer.Arrays);
        gatherer.Run(rows, options.Session, writer, progress);
        return new GatherResult(facts, gatherer.Count, [.. CalibrationData.Notes(data, options), .. Notes(gatherer, rows)]);
    }

    /// <summary>Adds files and writes the sum.</summary>
    /// <exception cref="ModelError">They do not add up.</exception>
    public static GatherResult Merge(IReadOnlyList<StatisticsFile> files, Stream target)
    {
        StatisticsFacts facts = StatisticsMerger.Check(files);
        StatisticsMerger.Write(files, new StatisticsWriter(target, facts, files[0].Arrays));
        string[] notes = facts.IsPartial ? [Partial("the sum", facts)] : [];
        return new GatherResult(facts, files[0].Arrays.Count(a => a.Name.EndsWith(":count", StringComparison.Ordinal)), notes);
    }

    /// <summary>Opens statistics and checks that they are of a model.</summary>
    /// <exception cref="ModelError">They are not.</exception>
    public static StatisticsFile Open(string path, Model model)
    {
        StatisticsFile file = StatisticsFile.Open(path);
        if (file.Facts.Model == model.Sha256)
            return file;
        file.Dispose();
        throw new ModelError($"'{path}' was gathered from another model (SHA-256 {file.Facts.Model[..Math.Min(12, file.Facts.Model.Length)]}..., not {model.Sha256?[..12]}...); make statistics of this one with 'sidtc analyze'");
    }

    /// <summary>What the user should know of statistics that hold a part of the data alone.</summary>
    internal static string Partial(string name, StatisticsFacts facts) =>
        $"{name} holds {facts.Samples} of {facts.SamplesOfAll} samples (parts {facts.ShardText}); 'sidtc merge' adds the others";

    private static IEnumerable<string> Notes(Gatherer gatherer, CalibrationSet rows)
    {
        if (rows.WhyOneView is { } why)
            yield return $"there is one view of each sample, because {why}";
        foreach ((string value, long width) in gatherer.TooWide)
            yield return $"'{value}' has {width} positions, too many for second moments; its mean squares alone are gathered";
    }
}

/// <summary>What was gathered.</summary>
/// <param name="Facts">Of what.</param>
/// <param name="Values">How many values sums were taken of.</param>
/// <param name="Notes">What the user should know.</param>
public sealed record GatherResult(StatisticsFacts Facts, int Values, IReadOnlyList<string> Notes);
