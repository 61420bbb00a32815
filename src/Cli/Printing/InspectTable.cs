using SiDT.Backend.Compilation;
using SiDT.Backend.Reporting;
using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;
using Spectre.Console;

namespace SiDT.Cli.Printing;

/// <summary>What there is to cut: blocks as rows, kinds as columns.</summary>
internal static class InspectTable
{
    private const int MostNames = 4;

    public static void Write(Inspection inspection, bool all, IAnsiConsole console)
    {
        PlanDimension[] shown = [.. inspection.Dimensions.Where(d => !Noise.Is(d))];
        string[] kinds = [.. Enum.GetValues<DimensionKind>().Select(k => k.Word()).Where(k => shown.Any(d => d.Kind == k))];
        Model(inspection, console);
        if (shown.Length == 0)
        {
            console.WriteLine("No weight of it has a dimension.");
            return;
        }
        Table table = PlainTable.Of(["block", .. kinds]);
        foreach (BlockRow row in BlockRow.Of(shown, merge: !all))
            table.Row([row.Name.Length == 0 ? "whole network" : row.Name, .. kinds.Select(k => Sizes.Of([.. row.Dimensions.Where(d => d.Kind == k)]))]);
        console.Write(table);
        Held([.. shown.Where(d => d.Status == PlanDimension.Frozen)], all, console);
        if (inspection.UnknownOperators.Count > 0)
            console.WriteLine($"Without a rule, so that what goes into them stays whole: {string.Join(", ", inspection.UnknownOperators)}.");
    }

    private static void Model(Inspection inspection, IAnsiConsole console)
    {
        Cost cost = inspection.Cost;
        console.WriteLine($"{inspection.Model.Path}: {Figures.Count(cost.Parameters)} parameters ({Figures.Bytes(cost.Bytes)}), {Figures.Count(cost.Macs)} multiply-accumulates");
    }

    private static void Held(IReadOnlyCollection<PlanDimension> held, bool all, IAnsiConsole console)
    {
        if (held.Count == 0)
        {
            console.WriteLine("Every dimension can shrink.");
            return;
        }
        console.WriteLine("In parentheses: must stay whole.");
        foreach (IGrouping<string?, PlanDimension> group in held.GroupBy(d => d.Reason))
        {
            string[] ids = [.. group.Select(d => d.Id)];
            string names = all || ids.Length <= MostNames ? string.Join(", ", ids) : $"{string.Join(", ", ids.Take(MostNames - 1))} and {ids.Length - MostNames + 1} more";
            console.WriteLine($"  {names}: {group.Key}");
        }
    }
}
