using System.Globalization;
using SiDT.Frontend;

namespace SiDT.Passes.Gathering;

/// <summary>What statistics were taken of.</summary>
/// <param name="Model">SHA-256 of the model's file.</param>
/// <param name="Samples">Samples that were looked at.</param>
/// <param name="SamplesOfAll">Samples of all parts together.</param>
/// <param name="Views">Views of each sample, itself counted.</param>
/// <param name="Seed">Of what was random: views, synthetic samples.</param>
/// <param name="Parts">Into how many parts the samples were divided.</param>
/// <param name="Shards">Which of these parts are in it, from 1, ascending.</param>
public sealed record StatisticsFacts(string Model, long Samples, long SamplesOfAll, int Views, int Seed, int Parts, IReadOnlyList<int> Shards)
{
    public const string FormatName = "sidt-stats/1";

    /// <summary>Whether samples are missing.</summary>
    public bool IsPartial => Shards.Count < Parts;

    /// <summary>The parts in words: <c>1-3,5/8</c>.</summary>
    public string ShardText
    {
        get
        {
            var runs = new List<string>();
            for (int i = 0; i < Shards.Count; i++)
            {
                int first = Shards[i];
                while (i + 1 < Shards.Count && Shards[i + 1] == Shards[i] + 1)
                    i++;
                runs.Add(first == Shards[i] ? $"{first}" : $"{first}-{Shards[i]}");
            }
            return $"{string.Join(',', runs)}/{Parts}";
        }
    }

    /// <summary>As they stand in a file.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["format"] = FormatName,
        ["model"] = Model,
        ["samples"] = Samples.ToString(CultureInfo.InvariantCulture),
        ["samplesOfAll"] = SamplesOfAll.ToString(CultureInfo.InvariantCulture),
        ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
        ["parts"] = Parts.ToString(CultureInfo.InvariantCulture),
        ["shards"] = string.Join(',', Shards),
        ["views"] = Views.ToString(CultureInfo.InvariantCulture),
    };

    /// <exception cref="FormatException">Something is missing, or makes no sense.</exception>
    public static StatisticsFacts Of(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue("format", out string? format) || format != FormatName)
            throw new FormatException($"its format is {(format is null ? "not said" : $"'{format}'")}, not '{FormatName}'");
        int[] shards = [.. Word("shards").Split(',').Select(s => Number("shards", s, 1))];
        var facts = new StatisticsFacts(
            Word("model"), Number("samples", Word("samples"), 0), Number("samplesOfAll", Word("samplesOfAll"), 0),
            Number("views", Word("views"), 1), Number("seed", Word("seed"), 0), Number("parts", Word("parts"), 1), shards);
        for (int i = 0; i < shards.Length; i++)
        {
            if (shards[i] > facts.Parts || (i > 0 && shards[i] <= shards[i - 1]))
                throw new FormatException($"'shards' is '{Word("shards")}', which are not ascending parts of {facts.Parts}");
        }
        return facts;

        string Word(string key) => metadata.TryGetValue(key, out string? text) ? text : throw new FormatException($"'{key}' is missing");

        static int Number(string key, string text, int least) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least ? number : throw new FormatException($"'{key}' is '{text}', which is no number of at least {least}");
    }

    /// <summary>What both together were taken of.</summary>
    /// <param name="other">Other statistics.</param>
    /// <param name="name">How the user calls these.</param>
    /// <param name="otherName">How the user calls the others.</param>
    /// <exception cref="ModelError">They do not add up.</exception>
    public StatisticsFacts Plus(StatisticsFacts other, string name, string otherName)
    {
        if (Model != other.Model)
            throw Fault("are of different models");
        if ((Views, Seed, SamplesOfAll) != (other.Views, other.Seed, other.SamplesOfAll))
            throw Fault($"were made with different words: {Words(this)}, and {Words(other)}");
        if (Parts != other.Parts)
            throw Fault($"are parts of different divisions: of {Parts}, and of {other.Parts}");
        if (Shards.Intersect(other.Shards).Order().FirstOrDefault() is var twice and > 0)
            throw Fault($"both hold part {twice} of {Parts}");
        return this with { Samples = Samples + other.Samples, Shards = [.. Shards.Concat(other.Shards).Order()] };

        ModelError Fault(string why) => new($"'{name}' and '{otherName}' {why}, so they cannot be added; merge what 'sidtc analyze' made of one model and one set of data");
    }

    private static string Words(StatisticsFacts f) => $"{f.SamplesOfAll} samples, {f.Views} views, seed {f.Seed}";
}
