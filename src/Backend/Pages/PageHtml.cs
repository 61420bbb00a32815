using System.Net;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using SiDT.Backend.Compilation;
using SiDT.Backend.Diff;

namespace SiDT.Backend.Pages;

/// <summary>A page as one file: styles, script, layout library and data in it, nothing fetched.</summary>
internal static class PageHtml
{
    /// <summary>Stands in every page, so that one is known as ours.</summary>
    public const string Mark = "sidt-page/1";

    // '<' and '&' are escaped, so that data cannot end the element they stand in
    private static readonly JsonSerializerOptions s_compact = new(ModelDiff.Json) { WriteIndented = false, Encoder = JavaScriptEncoder.Default };

    public static string Of(ComparisonPage page)
    {
        var parts = new Dictionary<string, string>
        {
            ["mark"] = $"{Mark} sidtc {Stamp.Version}",
            ["title"] = WebUtility.HtmlEncode(Title(page)),
            ["style"] = Text("page.css"),
            ["script"] = string.Join('\n', ((string[])["figures.js", "overview.js", "units.js", "attention.js", "layout.js", "canvas.js", "graph.js", "page.js"]).Select(Text)),
            ["data"] = JsonSerializer.Serialize(page, s_compact),
            ["layout"] = Layout(),
        };
        string html = Text("page.html");
        // each placeholder once, so that what looks like one in a file's name stays what it is
        foreach ((string name, string content) in parts)
        {
            int at = html.IndexOf($"{{{{{name}}}}}", StringComparison.Ordinal);
            if (name == "title")
                html = html.Replace("{{title}}", content, StringComparison.Ordinal);
            else
                html = html[..at] + content + html[(at + name.Length + 4)..];
        }
        return html;
    }

    private static string Title(ComparisonPage page) => page.Kind == "inspect"
        ? Path.GetFileName(page.Diff.A.File)
        : $"{Path.GetFileName(page.Diff.A.File)} → {Path.GetFileName(page.Diff.B.File)}";

    /// <summary>The layout library, compressed, where the build had it; else empty, and the page lays graphs out by itself.</summary>
    private static string Layout()
    {
        using Stream? stream = Open("elk-worker.min.js.gz");
        if (stream is null)
            return "";
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Convert.ToBase64String(bytes.ToArray());
    }

    private static string Text(string name)
    {
        using var reader = new StreamReader(Open(name) ?? throw new InvalidOperationException($"the program lacks its own '{name}'"));
        return reader.ReadToEnd();
    }

    private static Stream? Open(string name) => Assembly.GetExecutingAssembly().GetManifestResourceStream($"Pages.{name}");
}
