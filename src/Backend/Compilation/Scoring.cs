using SiDT.Frontend;
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

    /// <summary>The words of <c>--criterion</c>.</summary>
    public static IReadOnlyList<string> Criteria { get; } = [Magnitude, Activation, Random];

    /// <summary>What is used when nobody says.</summary>
    public static string Default(bool hasData) => hasData ? Activation : Magnitude;

    public static bool NeedsData(string criterion) => criterion == Activation;

    /// <summary>Scores every unit.</summary>
    /// <exception cref="DataError">The calibration data are at fault.</exception>
    public static UnitScores Run(Prepared model, CompileOptions options, Action<int, int> progress)
    {
        if (options.Criterion == Random)
            return new RandomCriterion(options.Seed).Score(model.Analysis);
        if (options.Criterion == Magnitude)
            return new MagnitudeCriterion().Score(model.Analysis);
        if (options.Calibration is not { } calibration)
            throw new DataError($"the criterion '{options.Criterion}' looks at data, and none are given");
        DataSet data = Open(model.Original, calibration, options);
        int batches = (data.Count + BatchSize - 1) / BatchSize;
        return new ActivationCriterion(data.Batches(BatchSize).Select(b => b.Feeds), options.Session, done => progress(Math.Min(done, batches), batches)).Score(model.Analysis);
    }

    /// <summary>The calibration samples.</summary>
    internal static DataSet Open(Model original, Calibration calibration, CompileOptions options)
    {
        using Session session = Session.Open(original, options.Session with { Optimize = false });
        return DataSet.Open(calibration.Path, session, calibration.Preprocess).Take(calibration.Samples);
    }
}
