using SiDT.Passes.Gathering;
using SiDT.Passes.Importance;
using SiDT.Runtime;

namespace SiDT.Backend.Compilation;

/// <summary>The criteria by name.</summary>
public static class Scoring
{
    public const string Magnitude = "magnitude";
    public const string Activation = "activation";
    public const string Random = "random";

    private const int BatchSize = 32;

    private const int ScoredSamples = 64;

    /// <summary>The words of <c>--criterion</c>.</summary>
    public static IReadOnlyList<string> Criteria { get; } = [Magnitude, Activation, Random];

    /// <summary>What is used when nobody says.</summary>
    public static string Default(bool hasData) => hasData ? Activation : Magnitude;

    public static bool NeedsData(string criterion) => criterion == Activation;

    /// <summary>What the user should know of how units are scored.</summary>
    public static IEnumerable<string> Notes(Prepared model, CompileOptions options)
    {
        if (options.Calibration is { Preprocess: null })
        {
            foreach (string note in CalibrationData.Notes(CalibrationData.Open(model.Original, options), options))
                yield return note;
        }
        if (!NeedsData(options.Criterion))
            yield break;
        if (options.Statistics is null)
        {
            if (CalibrationData.Note(options) is { } note)
                yield return note;
            yield break;
        }
        using StatisticsFile file = StatisticsFile.Open(options.Statistics);
        if (file.Facts.IsPartial)
            yield return Gathering.Partial($"'{options.Statistics}'", file.Facts);
    }

    /// <summary>Scores every unit.</summary>
    /// <exception cref="DataError">The calibration data are at fault.</exception>
    /// <exception cref="SiDT.Frontend.ModelError">The statistics are not of this model.</exception>
    public static UnitScores Run(Prepared model, CompileOptions options, Action<int, int> progress)
    {
        if (options.Criterion == Random)
            return new RandomCriterion(options.Seed).Score(model.Analysis);
        if (options.Criterion == Magnitude)
            return new MagnitudeCriterion().Score(model.Analysis);
        if (options.Statistics is { } path)
        {
            using StatisticsFile file = Gathering.Open(path, model.Input);
            return new ActivationCriterion(file).Score(model.Analysis);
        }
        DataSet data = CalibrationData.Open(model.Original, options);
        if (Compensating.IsWanted(options))
            data = data.Take(ScoredSamples); // compensation finds better scores: these serve where it cannot
        int batches = (data.Count + BatchSize - 1) / BatchSize;
        return new ActivationCriterion(data.Batches(BatchSize).Select(b => b.Feeds), options.Session, done => progress(Math.Min(done, batches), batches)).Score(model.Analysis);
    }
}
