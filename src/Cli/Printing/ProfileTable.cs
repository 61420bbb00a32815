using SiDT.Backend.Timing;
using Spectre.Console;

namespace SiDT.Cli.Printing;

/// <summary>Where the time of models goes: operators and blocks as rows, models as columns.</summary>
internal static class ProfileTable
{
    private const int MostOperators = 12;

    public static void Write(IReadOnlyList<ModelProfile> profiles, IAnsiConsole console)
    {
        string[] operators = [.. profiles.SelectMany(p => p.Operators).GroupBy(o => o.Operator).OrderByDescending(g => g.Max(o => o.Milliseconds)).Select(g => g.Key)];
        Rows("operator", operators.Take(MostOperators), profiles, (p, name) => p.Operators.FirstOrDefault(o => o.Operator == name)?.Milliseconds, console);
        if (operators.Length > MostOperators)
            console.WriteLine($"and {operators.Length - MostOperators} operators more, which --json lists");
        string[] blocks = [.. profiles.SelectMany(p => p.Blocks).Select(b => b.Name).Distinct(StringComparer.Ordinal).OrderBy(b => b.Length == 0)];
        if (blocks.Length > 1)
            Rows("block", blocks, profiles, (p, name) => p.Blocks.FirstOrDefault(b => b.Name == name)?.Milliseconds, console);
        foreach (ModelProfile profile in profiles)
        {
            Roofline roof = profile.Roofline;
            console.WriteLine($"{profile.Name}: products do {Figures.Count(roof.Macs)} multiply-accumulates in {Figures.Milliseconds(roof.Milliseconds)}, {Figures.Count(roof.Rate)} per second: {Figures.Percent(roof.Share)} of the {Figures.Count(roof.MachineRate)} that this machine reaches.");
        }
    }

    private static void Rows(string what, IEnumerable<string> names, IReadOnlyList<ModelProfile> profiles, Func<ModelProfile, string, double?> time, IAnsiConsole console)
    {
        Table table = PlainTable.Of([what, .. profiles.SelectMany((p, i) => i == 0 ? (string[])[Path.GetFileName(p.Name)] : [Path.GetFileName(p.Name), "left"])]);
        foreach (string name in names)
            table.Row([name.Length == 0 ? "(made by ONNX Runtime)" : name, .. Cells(p => time(p, name))]);
        table.Row(["all", .. Cells(p => p.Milliseconds)]);
        console.Write(table);

        IEnumerable<string> Cells(Func<ModelProfile, double?> of) => profiles.SelectMany((p, i) =>
        {
            string own = of(p) is { } ms ? Figures.Milliseconds(ms) : "";
            return i == 0 ? (string[])[own] : [own, of(profiles[0]) is > 0 and double first && of(p) is { } mine ? Figures.Percent(mine / first) : ""];
        });
    }
}
