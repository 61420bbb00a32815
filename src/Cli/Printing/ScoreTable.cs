using SiDT.Runtime;
using Spectre.Console;

namespace SiDT.Cli.Printing;

/// <summary>Scores of models, a row each.</summary>
internal static class ScoreTable
{
    public static void Write(IReadOnlyList<ModelScore> scores, IAnsiConsole console)
    {
        bool classes = scores.Any(s => s.Agreement is not null), labels = scores.Any(s => s.Top1 is not null), five = scores.Any(s => s.Top5 is not null);
        bool several = scores.Count > 1;
        string[] outputs = several ? [.. scores[0].RelativeErrors.Keys] : [];
        Table table = PlainTable.Of(
        [
            "model",
            .. labels ? ["top-1"] : Array.Empty<string>(),
            .. five ? ["top-5"] : Array.Empty<string>(),
            .. classes && several ? ["same answer", "cosine"] : Array.Empty<string>(),
            .. labels && several ? ["gained", "lost"] : Array.Empty<string>(),
            .. outputs.Select(o => $"error of {o}"),
        ]);
        foreach (ModelScore score in scores)
        {
            table.Row(
            [
                score.Name,
                .. labels ? [Percent(score.Top1)] : Array.Empty<string>(),
                .. five ? [Percent(score.Top5)] : Array.Empty<string>(),
                .. classes && several ? [Percent(score.Agreement), $"{score.Cosine:0.0000}"] : Array.Empty<string>(),
                .. labels && several ? [$"{score.Gained}", $"{score.Lost}"] : Array.Empty<string>(),
                .. outputs.Select(o => score.RelativeErrors.TryGetValue(o, out double error) ? $"{error:0.0000}" : ""),
            ]);
        }
        console.Write(table);
        console.WriteLine($"{scores[0].Count} samples{(several ? "; errors are |a - b|^2 / |b|^2, b being the first model's output" : "")}.");
    }

    private static string Percent(double? share) => share is { } s ? Figures.Percent(s) : "";
}
