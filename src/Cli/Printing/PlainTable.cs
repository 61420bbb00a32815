using Spectre.Console;

namespace SiDT.Cli.Printing;

/// <summary>Tables of sidtc: a rule under the head, no boxes; the first column reads from the left, numbers from the right.</summary>
internal static class PlainTable
{
    public static Table Of(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple, ShowHeaders = columns.Any(c => c.Length > 0) };
        for (int i = 0; i < columns.Length; i++)
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(columns[i])}[/]") { Alignment = i == 0 ? Justify.Left : Justify.Right, NoWrap = true });
        return table;
    }

    public static void Row(this Table table, params string[] cells) => table.AddRow([.. cells.Select((c, i) => new Markup(Markup.Escape(c), i == 0 ? Style.Plain : Of(c, i == cells.Length - 1)))]);

    // a share that is left is what people look for; what must stay whole recedes
    private static Style Of(string cell, bool isLast) => cell switch
    {
        "100.0 %" => Style.Plain,
        _ when isLast && (cell.EndsWith('%') || cell.EndsWith("points", StringComparison.Ordinal)) => new Style(Color.Aqua),
        _ when cell.StartsWith('(') => new Style(Color.Grey),
        _ => Style.Plain,
    };
}
