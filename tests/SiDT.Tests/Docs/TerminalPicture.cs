using System.Globalization;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;

namespace SiDT.Tests.Docs;

/// <summary>Coloured terminal text as a picture.</summary>
internal static partial class TerminalPicture
{
    private const int MostColumns = 84;
    private const double Column = 8.43, Line = 19, Margin = 20;

    private static readonly Dictionary<int, string> s_colours = new()
    {
        [31] = "#ff7b72",
        [32] = "#7ee787",
        [36] = "#79c0ff",
        [90] = "#8b949e",
        [91] = "#ff7b72",
        [92] = "#7ee787",
        [96] = "#79c0ff",
    };

    /// <summary>An SVG of a command and what it printed.</summary>
    public static string Svg(string command, string output)
    {
        string[] lines = [.. Prompt(command), .. output.TrimEnd().Split('\n').Select(l => l.TrimEnd())];
        double width = (lines.Max(l => Codes().Replace(l, "").Length) * Column) + (2 * Margin), height = (lines.Length * Line) + (2 * Margin);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:0} {height:0}\" width=\"{width:0}\" height=\"{height:0}\" role=\"img\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{SecurityElement.Escape(command)}</title>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>\n");
        svg.Append("<g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\" fill=\"#e6edf3\" xml:space=\"preserve\">\n");
        for (int i = 0; i < lines.Length; i++)
            Text(lines[i], Margin + 14 + (i * Line), svg);
        return svg.Append("</g>\n</svg>\n").ToString();
    }

    /// <summary>The command after a dollar sign, on several lines if it is long.</summary>
    private static IEnumerable<string> Prompt(string command)
    {
        string line = "", start = "\u001b[90m$\u001b[0m ";
        foreach (string word in command.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length + word.Length > MostColumns && word.StartsWith('-'))
            {
                yield return $"{start}\u001b[1m{line} \\\u001b[0m";
                (line, start) = ("", "    ");
            }
            line += line.Length > 0 ? $" {word}" : word;
        }
        yield return $"{start}\u001b[1m{line}\u001b[0m";
    }

    /// <summary>Each run of one style is placed on its column, so that columns stay straight in every font.</summary>
    private static void Text(string line, double y, StringBuilder svg)
    {
        int column = 0;
        string style = "";
        foreach (string part in Codes().Split(line))
        {
            if (part.Length == 0)
                continue;
            if (part[0] == '\u001b')
            {
                style = Style(part);
                continue;
            }
            foreach (Match word in Words().Matches(part))
            {
                double x = Margin + ((column + word.Index) * Column), length = word.Length * Column;
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0}\" textLength=\"{length:0.#}\"{style}>{SecurityElement.Escape(word.Value)}</text>\n");
            }
            column += part.Length;
        }
    }

    private static string Style(string code)
    {
        var style = new StringBuilder();
        foreach (string number in code[2..^1].Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (number == "1")
                style.Append(" font-weight=\"bold\"");
            else if (s_colours.TryGetValue(int.Parse(number, CultureInfo.InvariantCulture), out string? colour))
                style.Append(CultureInfo.InvariantCulture, $" fill=\"{colour}\"");
        }
        return style.ToString();
    }

    [GeneratedRegex("(\u001b\\[[0-9;]*m)")]
    private static partial Regex Codes();

    /// <summary>Words with single spaces between them.</summary>
    [GeneratedRegex(@"\S+( \S+)*")]
    private static partial Regex Words();
}
