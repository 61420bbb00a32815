using System.Text.Json.Nodes;
using System.Xml.Linq;
using SiDT.Backend.Reporting;
using SiDT.Cli.Entry;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Cli;

public sealed class SweepTests
{
    private static string[] Names(TemporaryFolder folder) => [.. Directory.EnumerateFileSystemEntries(folder.Path).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void A_sweep_makes_the_files_it_names_and_nothing_else()
    {
        using var folder = new TemporaryFolder();

        JsonNode report = JsonNode.Parse(Sidtc.Results("prune", Repository.Model, "--sweep", "0.9,0.6", "-o", folder["out.onnx"], "--json", "--quiet"))!;

        Assert.Equal(["out-0.6.onnx", "out-0.6.plan.json", "out-0.9.onnx", "out-0.9.plan.json", "out.sweep.svg"], Names(folder));
        Assert.Equal(["0.9", "0.6"], report["sweep"]!.AsArray().Select(r => (string?)r!["name"]));
        Assert.Equal(folder["out.sweep.svg"], (string?)report["curve"]);
    }

    [Fact]
    public void A_model_of_a_sweep_is_the_one_that_is_made_alone()
    {
        using var folder = new TemporaryFolder();
        Sidtc.Results("prune", Repository.Model, "--sweep", "0.9,0.6", "-o", folder["out.onnx"]);
        Sidtc.Results("prune", Repository.Model, "--params", "0.6", "-o", folder["alone.onnx"]);

        Assert.Equal(File.ReadAllText(folder["alone.plan.json"]), File.ReadAllText(folder["out-0.6.plan.json"]));
        Assert.Equal(File.ReadAllBytes(folder["alone.onnx"]), File.ReadAllBytes(folder["out-0.6.onnx"]));
    }

    [Fact]
    public void A_kind_is_swept_as_keep_would_cut_it()
    {
        using var folder = new TemporaryFolder();
        Sidtc.Results("prune", Repository.Model, "--sweep", "mlp=0.75,50%", "-o", folder["out.onnx"]);
        Sidtc.Results("prune", Repository.Model, "--keep", "mlp=0.5", "-o", folder["alone.onnx"]);

        Assert.Equal(File.ReadAllText(folder["alone.plan.json"]), File.ReadAllText(folder["out-0.5.plan.json"]));
    }

    [Fact]
    public void If_one_point_cannot_be_met_nothing_is_written_and_the_point_is_named()
    {
        using var folder = new TemporaryFolder();

        Answer answer = Sidtc.Run("prune", Repository.Model, "--sweep", "0.9,0.001", "-o", folder["out.onnx"]);

        Assert.Equal(ExitCodes.Budget, answer.Code);
        Assert.Contains("the point 0.001 of the sweep", answer.Error);
        Assert.Empty(Names(folder));
    }

    [Fact]
    public void Files_of_others_stay_as_they_were()
    {
        using var folder = new TemporaryFolder();
        folder.Write("out.sweep.svg", "<svg/>");

        Answer answer = Sidtc.Run("prune", Repository.Model, "--sweep", "0.9,0.8", "-o", folder["out.onnx"]);

        Assert.Equal(ExitCodes.Usage, answer.Code);
        Assert.Equal(["out.sweep.svg"], Names(folder));
        Assert.Equal("<svg/>", File.ReadAllText(folder["out.sweep.svg"]));
    }

    [Fact]
    public void A_sweep_goes_over_its_own_files()
    {
        using var folder = new TemporaryFolder();
        Sidtc.Results("prune", Repository.Model, "--sweep", "0.9", "-o", folder["out.onnx"]);

        Sidtc.Results("prune", Repository.Model, "--sweep", "0.9,0.8", "-o", folder["out.onnx"]);

        Assert.Equal(5, Names(folder).Length);
    }

    [Fact]
    public void A_curve_is_xml_with_a_circle_for_each_point_and_titles_on_its_axes()
    {
        var curve = new SweepCurve("a < b", "parameters left", "top-1", true, [new(0.9, 0.8, "0.9"), new(0.5, 0.4, "0.5"), new(1, 0.81, "original")]);

        XDocument svg = XDocument.Parse(curve.ToSvg());

        XNamespace ns = "http://www.w3.org/2000/svg";
        Assert.Equal(3, svg.Descendants(ns + "circle").Count());
        string[] texts = [.. svg.Descendants(ns + "text").Select(t => t.Value)];
        Assert.Contains("a < b", texts);
        Assert.Contains("parameters left", texts);
        Assert.Contains("top-1", texts);
        Assert.Contains("50 %", texts);
        Assert.Contains("prefers-color-scheme", svg.ToString());
    }

    [Theory]
    [InlineData(0.42, 0.91, new[] { 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0 })]
    [InlineData(0, 0.03, new[] { 0, 0.01, 0.02, 0.03 })]
    [InlineData(0.5, 0.5, new[] { 0.44, 0.46, 0.48, 0.5, 0.52, 0.54, 0.56 })]
    public void Ticks_are_round_numbers_that_enclose_what_is_drawn(double low, double high, double[] expected) =>
        Assert.Equal(expected, Ticks.Between(low, high, expected.Length - 1));
}
