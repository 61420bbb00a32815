using SiDT.Backend.Compilation;
using SiDT.Backend.Outputs;
using SiDT.Backend.Pages;
using SiDT.Backend.Reporting;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Frontend;
using SiDT.Frontend.Reading;

namespace SiDT.Cli.Commands;

/// <summary>What is said after a model was written.</summary>
internal sealed record CompileReport(string Command, Model Input, string Output, CompileResult Result, Measurement? Measured, StageClock Clock)
{
    /// <summary>Where a page goes; null where none is wanted.</summary>
    public string? Page { get; init; }

    /// <summary>What both models look at, for the page; null where there are no pictures.</summary>
    public PageAttention? Attention { get; init; }

    public void Write(Request request, RunOptions run)
    {
        if (Page is not null)
            ResultWriter.Write((ComparisonPage.Of(Input, ModelReader.Read(Output), ToReport(), Result.Decision.Plan, Result.UnitScores) with { Attention = Attention }).ToHtml(), Page);
        if (run.Json(request.Words))
            request.Terminal.Out.Write(ToReport().ToJson());
        else if (!run.Quiet(request.Words))
            WriteTable(request.Terminal);
    }

    private void WriteTable(Terminal terminal)
    {
        var table = new ChangeTable();
        if (Result.Decision.Plan.Cost is { } cost)
            table.Costs(cost);
        table.File(ReadModel.Length(Input.Path ?? ""), ReadModel.Length(Output)).Dimensions(Result.Decision.Plan.Dimensions);
        if (Measured?.Scores is { } scores)
            table.Scores(scores, Measured.Ground!);
        if (Measured?.Latencies is { } latencies)
            table.Latencies(latencies);
        if (Result.Decision.Latency is { } met)
            table.Met(met);
        if (Measured?.Work is { } work && (Measured.Latencies?[1].Ratio.Value ?? Result.Decision.Latency?.Measured) is { } left && Result.Decision.Plan.Cost is { Macs: [> 0, _] } macs && work.Explain(left, (double)macs.Macs[1] / macs.Macs[0]) is { } why)
            table.Note(why);
        table.Compensation(Result.Decision.Plan.Dimensions).Saved(Result.Saved).Proof(Result.Proof).Note($"Wrote {Output}{(Page is null ? " and" : ",")} {OutputPlace.PlanOf(Output)}{(Page is null ? "" : $" and {Page}")}.").Write(terminal.Results);
    }

    private Report ToReport() => new(Command)
    {
        Model = ReadModel.Describe(Input),
        Output = ReadModel.Describe(ModelReader.Read(Output)),
        Plan = OutputPlace.PlanOf(Output),
        Cost = Result.Decision.Plan.Cost,
        Dimensions = ReportDimension.Of(Result.Decision.Plan.Dimensions),
        Saved = Result.Saved,
        Proof = Result.Proof,
        Scores = Measured?.Scores,
        Ground = Measured?.Ground,
        Latency = Measured?.Latencies,
        Work = Measured?.Work?.Classes,
        LatencyBudget = Result.Decision.Latency,
        Stages = Clock.Times,
    };
}
