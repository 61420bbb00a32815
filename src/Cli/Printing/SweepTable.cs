using SiDT.Backend.Sweeps;
using SiDT.Cli.Commands;
using SiDT.Passes.Planning;
using SiDT.Runtime;
using Spectre.Console;

namespace SiDT.Cli.Printing;

/// <summary>The models of a sweep, a row each.</summary>
internal static class SweepTable
{
    public static void Write(IReadOnlyList<SweepRow> rows, SweepMeasurement measured, long fileBefore, string curve, IAnsiConsole console)
    {
        ModelScore original = measured.Scores[0];
        bool labels = original.Top1 is not null, classes = rows.Any(r => r.Score.Agreement is not null), latency = measured.Latencies is not null, met = rows.Any(r => r.Met?.Measured is not null);
        Table table = PlainTable.Of(
        [
            "model", "parameters", "left", "MACs", "left", "file",
            .. latency || met ? ["latency", "left"] : Array.Empty<string>(),
            .. labels ? ["top-1"] : Array.Empty<string>(),
            .. classes ? ["same", "cosine"] : Array.Empty<string>(),
            "error",
        ]);
        foreach (TableColumn column in table.Columns)
            column.Padding = new Padding(0, 0); // many columns for a hundred characters
        PlanCost cost = rows[0].Cost;
        table.Row(
        [
            "original", Figures.Count(cost.Parameters[0]), "", Figures.Count(cost.Macs[0]), "", Figures.Bytes(fileBefore),
            .. latency || met ? [latency ? Figures.Milliseconds(measured.Latencies![0].Median) : "", ""] : Array.Empty<string>(),
            .. labels ? [Figures.Percent(original.Top1!.Value)] : Array.Empty<string>(),
            .. classes ? ["", ""] : Array.Empty<string>(),
            "",
        ]);
        foreach (SweepRow row in rows)
        {
            table.Row(
            [
                row.Name, Figures.Count(row.Cost.Parameters[1]), Figures.Share(row.Cost.Parameters[1], row.Cost.Parameters[0]),
                Figures.Count(row.Cost.Macs[1]), Figures.Share(row.Cost.Macs[1], row.Cost.Macs[0]), Figures.Bytes(row.FileBytes),
                .. latency || met ? Times(row) : [],
                .. labels ? [Figures.Percent(row.Score.Top1!.Value)] : Array.Empty<string>(),
                .. classes ? [Figures.Percent(row.Score.Agreement!.Value), $"{row.Score.Cosine:0.000}"] : Array.Empty<string>(),
                $"{row.Error:0.0000}",
            ]);
        }
        console.Write(table);
        console.WriteLine($"Compared on {original.Count} samples of {measured.Ground}; same: answers that are the original's; error: |a - b|^2 / |b|^2 of outputs less their mean, b being the original's.");
        console.WriteLine($"Wrote {rows.Count} models with their plans, and {curve}.");
    }

    private static string[] Times(SweepRow row) => row switch
    {
        { Latency: { } taken } => [Figures.Milliseconds(taken.Median), Figures.Percent(taken.Ratio.Value)],
        { Met.Measured: { } ratio } => ["", Figures.Percent(ratio)],
        _ => ["", ""],
    };
}
