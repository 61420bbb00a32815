using SiDT.Passes.Importance;

namespace SiDT.Backend.Compilation;

/// <summary>The criteria by name.</summary>
public static class Scoring
{
    public const string Magnitude = "magnitude";
    public const string Activation = "activation";

    /// <summary>The words of <c>--criterion</c>.</summary>
    public static IReadOnlyList<string> Criteria { get; } = [Magnitude];

    /// <summary>What is used when nobody says.</summary>
    public static string Default(bool hasData) => hasData && Criteria.Contains(Activation) ? Activation : Magnitude;

    public static bool NeedsData(string criterion) => criterion == Activation;

    /// <summary>Scores every unit.</summary>
    public static UnitScores Run(Prepared model, CompileOptions options, Action<int, int> progress) => options.Criterion switch
    {
        _ => new MagnitudeCriterion().Score(model.Analysis),
    };
}
