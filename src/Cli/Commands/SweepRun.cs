using SiDT.Backend.Compilation;
using SiDT.Backend.Outputs;
using SiDT.Backend.Pages;
using SiDT.Backend.Reporting;
using SiDT.Backend.Sweeps;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Passes.Planning;

namespace SiDT.Cli.Commands;

/// <summary>What <c>prune --sweep</c> does: several models, one table, one curve; all files or none.</summary>
/// <param name="What">What is swept: <c>params</c>, or a kind.</param>
/// <param name="Points">The models to make.</param>
/// <param name="Model">What they are made of.</param>
/// <param name="Output">What their names are made of.</param>
/// <param name="Page">Where a page of the smallest of them goes; null where none is wanted.</param>
internal sealed record SweepRun(string What, IReadOnlyList<SweepPoint> Points, Model Model, string Output, string? Page)
{
    /// <summary>Looks whether everything may go where it is to go.</summary>
    public static void Check(IReadOnlyList<SweepPoint> points, string output, bool force, string input)
    {
        foreach (SweepPoint point in points)
            OutputPlace.CheckModel(point.FileBeside(output), force, input);
        OutputPlace.CheckCurve(SweepPoint.CurveBeside(output), force, input);
    }

    public int Go(Request request, RunOptions options, CompileRun run, SweepMeasurement measurement)
    {
        IReadOnlyList<CompileResult> results = new SweepCompiler(run.Options, run.Clock).Run(Model, Points);
        measurement.Take(Points, results);
        request.Cancel.ThrowIfCancellationRequested();
        string[] paths = [.. Points.Select(p => p.FileBeside(Output))];
        string curve = SweepPoint.CurveBeside(Output);
        string svg = Curve(results, measurement).ToSvg();
        ResultWriter.Write([.. results.Zip(paths)], [(svg, curve)]);
        SweepRow[] rows = [.. results.Select((r, i) => new SweepRow(
            Points[i].Name, paths[i], OutputPlace.PlanOf(paths[i]), ReadModel.Length(paths[i]), r.Decision.Plan.Cost!, measurement.Scores[i + 1], measurement.Latencies?[i + 1], r.Decision.Latency))];
        if (Page is not null)
            WritePage(results, rows, measurement, svg, run);
        run.Finish(results.SelectMany(r => r.Decision.Notes).Distinct());
        if (options.Json(request.Words))
            request.Terminal.Out.Write(new Report("prune") { Model = ReadModel.Describe(Model), Sweep = rows, Curve = curve, Scores = [measurement.Scores[0]], Ground = measurement.Ground, Stages = run.Clock.Times }.ToJson());
        else if (!options.Quiet(request.Words))
            SweepTable.Write(rows, measurement, ReadModel.Length(Model.Path ?? ""), curve, request.Terminal.Results);
        return ExitCodes.Done;
    }

    private void WritePage(IReadOnlyList<CompileResult> results, SweepRow[] rows, SweepMeasurement measurement, string svg, CompileRun run)
    {
        int least = Enumerable.Range(0, rows.Length).MinBy(i => rows[i].Cost.Parameters[1]);
        Model small = ModelReader.Read(rows[least].File);
        var report = new Report("prune")
        {
            Model = ReadModel.Describe(Model),
            Output = ReadModel.Describe(small),
            Cost = rows[least].Cost,
            Proof = results[least].Proof,
            Scores = [measurement.Scores[0], measurement.Scores[least + 1]],
            Ground = measurement.Ground,
            Latency = measurement.Latencies is { } times ? [times[0], times[least + 1]] : null,
            Sweep = rows,
            Stages = run.Clock.Times,
        };
        ResultWriter.Write((ComparisonPage.Of(Model, small, report, results[least].Decision.Plan, results[least].UnitScores) with { Curve = svg, Attention = run.Looks(Model, small) }).ToHtml(), Page!);
    }

    private SweepCurve Curve(IReadOnlyList<CompileResult> results, SweepMeasurement measurement)
    {
        bool labels = measurement.Scores.All(s => s.Top1 is not null);
        bool latency = measurement.Latencies is not null && What == "latency";
        BudgetQuantity quantity = What switch { "macs" => BudgetQuantity.Macs, "bytes" => BudgetQuantity.Bytes, _ => BudgetQuantity.Parameters };
        double Left(int i)
        {
            Cost before = results[i].Decision.Before, after = results[i].Decision.After;
            return latency ? measurement.Latencies![i + 1].Ratio.Value : before.Of(quantity) == 0 ? 1 : (double)after.Of(quantity) / before.Of(quantity);
        }
        IEnumerable<CurvePoint> points = Points.Select((p, i) => new CurvePoint(Left(i), labels ? measurement.Scores[i + 1].Top1!.Value : SweepRow.ErrorOf(measurement.Scores[i + 1]), p.Name));
        string cost = latency ? "latency left" : quantity switch { BudgetQuantity.Macs => "multiply-accumulates left", BudgetQuantity.Bytes => "bytes of weights left", _ => "parameters left" };
        var original = new CurvePoint(1, labels ? measurement.Scores[0].Top1!.Value : 0, "original");
        return new SweepCurve(Path.GetFileName(Model.Path) ?? "sweep", cost, labels ? "top-1" : "output error", labels, [.. points, original]);
    }
}
