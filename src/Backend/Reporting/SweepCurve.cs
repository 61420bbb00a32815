using System.Globalization;
using System.Net;
using System.Text;

namespace SiDT.Backend.Reporting;

/// <summary>A point of a curve.</summary>
/// <param name="X">Share of the cost that is left.</param>
/// <param name="Y">What it has right, or its error.</param>
/// <param name="Label">What the point is called.</param>
public sealed record CurvePoint(double X, double Y, string Label);

/// <summary>A curve as SVG: axes with round numbers, readable on light and dark ground, no scripts and nothing fetched.</summary>
/// <param name="Title">Above the curve.</param>
/// <param name="XTitle">Along the axis of costs, which is in percent.</param>
/// <param name="YTitle">Along the other one.</param>
/// <param name="IsShare">Whether the other one is in percent too.</param>
/// <param name="Points">The points; they are joined in the order of their costs.</param>
public sealed record SweepCurve(string Title, string XTitle, string YTitle, bool IsShare, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>Stands in every file, so that one is known as ours.</summary>
    public const string Mark = "sidt-curve/1";

    private const int Width = 640, Height = 400, Left = 76, Right = 28, Top = 52, Bottom = 60, Tick = 5;

    // its names are its own, because the drawing may stand within a page that has colours and classes, too
    private const string Style =
        ".sidt-curve{--curve-ink:#1f2328;--curve-faint:#d0d7de;--curve-line:#0969da}" +
        "@media (prefers-color-scheme:dark){.sidt-curve{--curve-ink:#e6edf3;--curve-faint:#3d444d;--curve-line:#58a6ff}}" +
        ".sidt-curve text{font:13px system-ui,sans-serif;fill:var(--curve-ink)}.sidt-curve .title{font-size:15px;font-weight:600}.sidt-curve .small{font-size:11px}" +
        ".sidt-curve .grid{stroke:var(--curve-faint)}.sidt-curve .axis{stroke:var(--curve-ink)}.sidt-curve .curve{fill:none;stroke:var(--curve-line);stroke-width:2}.sidt-curve circle{fill:var(--curve-line)}";

    public string ToSvg()
    {
        CurvePoint[] points = [.. Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).OrderBy(p => p.X)];
        IReadOnlyList<double> across = Ticks.Between(points.Select(p => p.X).DefaultIfEmpty(0).Min(), points.Select(p => p.X).DefaultIfEmpty(1).Max());
        IReadOnlyList<double> up = Ticks.Between(points.Select(p => p.Y).DefaultIfEmpty(0).Min(), points.Select(p => p.Y).DefaultIfEmpty(1).Max());
        var svg = new StringBuilder();
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sidt-curve\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" role=\"img\" aria-label=\"{Escaped(Title)}\">");
        Line($"<!-- {Mark} -->");
        Line($"<style>{Style}</style>");
        Line($"<text class=\"title\" x=\"{Left}\" y=\"28\">{Escaped(Title)}</text>");
        foreach (double x in across)
        {
            Line($"<line class=\"grid\" x1=\"{X(x)}\" x2=\"{X(x)}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/><line class=\"axis\" x1=\"{X(x)}\" x2=\"{X(x)}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + Tick}\"/>");
            Line($"<text x=\"{X(x)}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{Percent(x)}</text>");
        }
        foreach (double y in up)
        {
            Line($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y)}\" y2=\"{Y(y)}\"/><line class=\"axis\" x1=\"{Left - Tick}\" x2=\"{Left}\" y1=\"{Y(y)}\" y2=\"{Y(y)}\"/>");
            Line($"<text x=\"{Left - 9}\" y=\"{Y(y)}\" dy=\"4\" text-anchor=\"end\">{(IsShare ? Percent(y) : Number(y))}</text>");
        }
        Line($"<path class=\"axis\" fill=\"none\" d=\"M{Left},{Top}V{Height - Bottom}H{Width - Right}\"/>");
        Line($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 14}\" text-anchor=\"middle\">{Escaped(XTitle)}</text>");
        Line($"<text transform=\"translate(18 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{Escaped(YTitle)}</text>");
        Line($"<polyline class=\"curve\" points=\"{string.Join(' ', points.Select(p => $"{X(p.X)},{Y(p.Y)}"))}\"/>");
        foreach (CurvePoint point in points)
            Line($"<circle cx=\"{X(point.X)}\" cy=\"{Y(point.Y)}\" r=\"4\"><title>{Escaped(point.Label)}: {(IsShare ? Percent(point.Y) : Number(point.Y))} at {Percent(point.X)}</title></circle><text class=\"small\" x=\"{X(point.X)}\" y=\"{Y(point.Y)}\" dy=\"-9\" text-anchor=\"middle\">{Escaped(point.Label)}</text>");
        Line("</svg>");
        return svg.ToString();

        void Line(string text) => svg.Append(text).Append('\n');

        string X(double x) => Number(Left + ((x - across[0]) / (across[^1] - across[0]) * (Width - Left - Right)), 2);

        string Y(double y) => Number(Height - Bottom - ((y - up[0]) / (up[^1] - up[0]) * (Height - Top - Bottom)), 2);
    }

    private static string Percent(double share) => $"{Number(100 * share)} %";

    private static string Number(double value, int digits = 4) => Math.Round(value, digits).ToString(CultureInfo.InvariantCulture);

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
