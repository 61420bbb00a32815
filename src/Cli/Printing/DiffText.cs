using SiDT.Backend.Diff;
using SiDT.Cli.Entry;
using Spectre.Console;

namespace SiDT.Cli.Printing;

/// <summary>A diff for people, in a hundred columns.</summary>
internal static class DiffText
{
    private const int Width = 100, MostNames = 8;

    /// <summary>The text without colours.</summary>
    public static string Of(ModelDiff diff, bool all)
    {
        using var text = new StringWriter { NewLine = "\n" };
        Write(diff, all, Terminal.Plain(text, TextWriter.Null).Results);
        return string.Join('\n', text.ToString().Split('\n').Select(l => l.TrimEnd()));
    }

    public static void Write(ModelDiff diff, bool all, IAnsiConsole console)
    {
        if (diff.Same)
        {
            console.WriteLine($"No difference{(diff.Ignored.Count > 0 ? $" but {string.Join(", ", diff.Ignored)}, which are ignored" : "")}: {Count(diff.Nodes.Matched, "node")}, {Count(diff.Tensors.Unchanged, "constant")} the same.");
            return;
        }
        IReadOnlyList<FoldedBlock> blocks = BlockFolding.Of(diff);
        Costs(diff, console);
        if (blocks.Count > 1)
            Blocks(blocks, console);
        Around(diff, console);
        foreach (FoldedBlock block in blocks.Where(b => b.Lines.Count > 0))
            Changes(block, console);
        Names(diff, all, console);
        int shapes = diff.Nodes.Changed.Count(n => n.Shapes.Count > 0);
        if (shapes > 0)
            console.WriteLine($"\n{Count(shapes, "node")} {(shapes == 1 ? "makes" : "make")} values of other shapes.");
        Wrapped($"{Count(diff.Nodes.Matched, "node")} and {Count(diff.Tensors.Unchanged, "constant")} are in both. Different: {string.Join(", ", diff.Differences.Select(d => $"{d.Count} {d.What}"))}.", console);
    }

    private static void Costs(ModelDiff diff, IAnsiConsole console)
    {
        Table table = PlainTable.Of("", "A", "B", "left");
        CostPair total = diff.Cost.Total;
        table.Row("parameters", Figures.Count(total.Parameters[0]), Figures.Count(total.Parameters[1]), Figures.Share(total.Parameters[1], total.Parameters[0]));
        if (diff.Cost.WorkIsKnown)
            table.Row("multiply-accumulates", Figures.Count(total.Macs[0]), Figures.Count(total.Macs[1]), Figures.Share(total.Macs[1], total.Macs[0]));
        table.Row("bytes of weights", Figures.Bytes(total.Bytes[0]), Figures.Bytes(total.Bytes[1]), Figures.Share(total.Bytes[1], total.Bytes[0]));
        table.Row("file", Figures.Bytes(diff.A.Bytes), Figures.Bytes(diff.B.Bytes), Figures.Share(diff.B.Bytes, diff.A.Bytes));
        int before = diff.Nodes.Matched + diff.Nodes.Removed.Count, after = diff.Nodes.Matched + diff.Nodes.Added.Count;
        table.Row("nodes", $"{before}", $"{after}", Figures.Share(after, before));
        if (diff.Latency is [var first, var second])
            table.Row("latency", Figures.Milliseconds(first.Median), Figures.Milliseconds(second.Median), Figures.Percent(second.Ratio.Value));
        console.Write(table);
    }

    private static void Blocks(IReadOnlyList<FoldedBlock> blocks, IAnsiConsole console)
    {
        Table table = PlainTable.Of("block", "parameters", "", "left", "macs", "", "left");
        foreach (FoldedBlock block in blocks)
        {
            long[] parameters = Sum(block, b => b.Parameters), macs = Sum(block, b => b.Macs);
            if (parameters.Sum() + macs.Sum() == 0)
                continue;
            table.Row(
                Cut(block.Name.Length == 0 ? "(elsewhere)" : block.Name, 30), Figures.Count(parameters[0]), Figures.Count(parameters[1]), Figures.Share(parameters[1], parameters[0]),
                Figures.Count(macs[0]), Figures.Count(macs[1]), Figures.Share(macs[1], macs[0]));
        }
        console.Write(table);
    }

    private static long[] Sum(FoldedBlock block, Func<BlockCost, long[]> cost) => [block.Blocks.Sum(b => cost(b)[0]), block.Blocks.Sum(b => cost(b)[1])];

    private static void Around(ModelDiff diff, IAnsiConsole console)
    {
        foreach ((string what, IReadOnlyList<PortChange> ports) in new[] { ("input", diff.Inputs), ("output", diff.Outputs) })
        {
            foreach (PortChange port in ports)
                Line(Sign(port.Change), $"{what} {port.Name}", port.Change is "added" or "removed" ? port.From ?? port.To ?? "" : $"{port.From} → {port.To}", console);
        }
        foreach (OpsetChange opset in diff.Opsets)
            Line(opset.From == 0 ? '+' : opset.To == 0 ? '-' : '~', $"operator set {(opset.Domain.Length == 0 ? "of the standard" : opset.Domain)}", $"{Version(opset.From)} → {Version(opset.To)}", console);
        foreach (MetadataChange entry in diff.Metadata)
            Line(entry.From is null ? '+' : entry.To is null ? '-' : '~', $"metadata {entry.Key}", entry.From is null || entry.To is null ? entry.From ?? entry.To ?? "" : $"{entry.From} → {entry.To}", console);
    }

    private static string Version(long version) => version == 0 ? "—" : $"{version}";

    private static char Sign(string change) => change switch { "added" => '+', "removed" => '-', _ => '~' };

    private static void Changes(FoldedBlock block, IAnsiConsole console)
    {
        string name = block.Name.Length == 0 ? "elsewhere" : block.Name;
        console.MarkupLine($"\n[bold]{Markup.Escape(Cut(name, Width - 20))}[/]{(block.Blocks.Count > 1 ? $" [grey]({block.Blocks.Count} blocks alike)[/]" : "")}");
        foreach (BlockLine line in block.Lines)
            Line(line.Sign, line.What, line.Text.Length == 0 && block.Blocks.Count == 1 ? line.Detail : line.Text, console, line.Text.Length > 0 ? line.Detail : "");
    }

    private static void Line(char sign, string what, string text, IAnsiConsole console, string detail = "")
    {
        string colour = sign switch { '+' => "green", '-' => "red", '~' => "yellow", '*' => "aqua", _ => "blue" };
        string start = $"  {sign} {Cut(what, 40)}", end = text.Length > 0 ? $"  {text}" : "";
        string line = Cut(start.PadRight(text.Length > 0 ? 34 : 0) + end, Width);
        console.MarkupLine($"[{colour}]{Markup.Escape(line)}[/]");
        if (detail.Length > 0)
            console.MarkupLine($"[grey]      {Markup.Escape(Cut(detail, Width - 6))}[/]");
    }

    private static void Names(ModelDiff diff, bool all, IAnsiConsole console)
    {
        RenameChanges renamed = diff.Renamed;
        if (diff.Ignored.Contains("names") || renamed.Nodes.Count + renamed.Tensors.Count + renamed.Values == 0)
            return;
        console.WriteLine($"\nOther names: {Count(renamed.Nodes.Count, "node")}, {Count(renamed.Tensors.Count, "constant")}, {Count(renamed.Values, "value")}.");
        Rename[] names = [.. renamed.Tensors, .. renamed.Nodes];
        foreach (Rename rename in names.Take(all ? int.MaxValue : MostNames))
            Line('~', rename.From, $"→ {rename.To}", console);
        if (!all && names.Length > MostNames)
            console.WriteLine($"    and {names.Length - MostNames} more, which --verbose lists");
    }

    private static void Wrapped(string text, IAnsiConsole console)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                console.WriteLine(line);
                line = "";
            }
            line += line.Length > 0 ? $" {word}" : word;
        }
        console.WriteLine(line);
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Cut(string text, int width) => text.Length <= width ? text : $"{text[..(width / 2)]}…{text[^(width - (width / 2) - 1)..]}";
}
