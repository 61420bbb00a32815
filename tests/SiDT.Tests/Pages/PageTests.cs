using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using SiDT.Cli.Printing;
using SiDT.Frontend.Writing;
using SiDT.Tests.Cli;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.MiniZoo.Networks;
using SiDT.Tests.Runtime;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Pages;

/// <summary>Pages as a browser shows them.</summary>
[Trait("Category", Categories.Slow)]
public sealed class PageTests(BrowserFixture fixture, ITestOutputHelper output) : IClassFixture<BrowserFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_page_of_a_run_loads_from_disk_and_says_what_the_report_says()
    {
        if (IsMissing())
            return;
        JsonNode report = JsonNode.Parse(Sidtc.Results("prune", Repository.Model, "--params", "0.6", "-o", _folder["small.onnx"], "--report", _folder["small.html"], "--data", Repository.TestData, "--json"))!;
        JsonNode diff = JsonNode.Parse(Sidtc.Run("diff", Repository.Model, _folder["small.onnx"], "--format", "json").Out)!;
        Browser browser = fixture.Browser!;
        OpenPage opened = await browser.Open(_folder["small.html"]);

        string[] cards = [.. (await opened.Page.Locator(".card").AllInnerTextsAsync()).Select(OneLine)];
        JsonNode total = diff["cost"]!["total"]!;
        Assert.Contains(cards, c => c.StartsWith($"Parameters {Figures.Count(At(total["parameters"]!, 1))} {Share(total["parameters"]!)} from {Figures.Count(At(total["parameters"]!, 0))}", StringComparison.Ordinal));
        Assert.Contains(cards, c => c.StartsWith($"Multiply-accumulates {Figures.Count(At(total["macs"]!, 1))} {Share(total["macs"]!)} from", StringComparison.Ordinal));
        Assert.Contains(cards, c => c.StartsWith($"Bytes of weights {Figures.Bytes((long)At(total["bytes"]!, 1))} {Share(total["bytes"]!)} from", StringComparison.Ordinal));
        Assert.Contains(cards, c => c.StartsWith($"Accuracy (top-1) {Figures.Percent((double)report["scores"]![1]!["top1"]!)}", StringComparison.Ordinal));
        Assert.Contains("Proved on", await opened.Page.InnerTextAsync(".asked"));

        string[] rows = [.. (await opened.Page.Locator("#blocks tbody tr").AllInnerTextsAsync()).Select(OneLine)];
        foreach (JsonNode? block in diff["cost"]!["blocks"]!.AsArray().Where(b => At(b!["parameters"]!, 0) != At(b!["parameters"]!, 1)))
            Assert.Contains(rows, r => r.StartsWith($"{block!["name"]} {Figures.Count(At(block["parameters"]!, 0))} → {Figures.Count(At(block["parameters"]!, 1))} ", StringComparison.Ordinal));
        Assert.Equal(report["dimensions"]!.AsArray().Count(d => (string?)d!["kind"] == "mlp" && (string?)d["status"] == "shrunk"), await opened.Page.Locator("#kinds tbody button", new() { HasTextRegex = new("^384 → ") }).CountAsync());
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task Nodes_are_found_shown_and_linked_to_and_blocks_fold()
    {
        if (IsMissing())
            return;
        string file = Diff();
        Browser browser = fixture.Browser!;
        OpenPage opened = await browser.Open(file);
        IPage page = opened.Page;

        await page.FillAsync("#search", "mlp/fc1/MatMul");
        Assert.Equal(6, await page.Locator("#found li").CountAsync());
        await page.PressAsync("#search", "Enter");
        await page.WaitForSelectorAsync("#detail:not([hidden])");
        string detail = OneLine(await page.InnerTextAsync("#detail"));
        Assert.Contains("/blocks.0/mlp/fc1/MatMul", detail);
        Assert.Contains("axis 1: 192 of 384 went", detail);
        Assert.Contains("#node=", page.Url);

        OpenPage linked = await browser.Open(file, link: "#block=blocks.3");
        Assert.Equal("blocks.3 unfolded", await linked.Page.InnerTextAsync("#said"));
        string before = await Picture(linked.Page);
        await linked.Page.ClickAsync("button[title='Fold every block']");
        await linked.Page.WaitForFunctionAsync("() => document.getElementById('said').textContent === 'everything folded'");
        await linked.Page.WaitForTimeoutAsync(200);
        Assert.NotEqual(before, await Picture(linked.Page));
        await linked.Page.FocusAsync(".pane canvas");
        await linked.Page.Keyboard.PressAsync("n");
        await linked.Page.WaitForSelectorAsync("#detail:not([hidden])");
        Assert.Empty(opened.Complaints.Concat(linked.Complaints));
    }

    [Fact]
    public async Task What_both_models_look_at_lies_over_each_picture()
    {
        if (IsMissing())
            return;
        Sidtc.Results("prune", Repository.Model, "--keep", "mlp=0.5", "--calib", Repository.CalibrationData, "--samples", "16", "--no-compensate", "--no-rotate", "-o", _folder["small.onnx"], "--report", _folder["small.html"], "--quiet");
        OpenPage opened = await fixture.Browser!.Open(_folder["small.html"]);
        IPage page = opened.Page;
        JsonNode attention = JsonNode.Parse(await page.EvaluateAsync<string>("document.getElementById('data').textContent"))!["attention"]!;
        JsonArray pictures = attention["pictures"]!.AsArray();
        Assert.Equal(6, pictures.Count);
        Assert.Equal(pictures.Select(p => ((double)p!["likeness"]!).ToString("0.00", CultureInfo.InvariantCulture)), (await page.Locator("#attention .shared b").AllInnerTextsAsync()).Select(OneLine));
        Assert.Equal(18, await page.Locator("#attention img").CountAsync());
        Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('#attention img')].every(i => i.complete && i.naturalWidth === 28)"));
        foreach ((JsonNode? picture, int i) in pictures.Select((p, i) => (p, i)))
        {
            // the patch that is looked at most is the lightest one of the drawing
            double[] shares = [.. picture!["before"]!["shares"]!.AsArray().Select(x => (double)x!)];
            Assert.Equal(1, shares.Sum(), 3);
            int lightest = await page.EvaluateAsync<int>("i => { const c = document.querySelectorAll('#attention .looks')[i].querySelectorAll('canvas')[0], p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, light = Array.from({ length: c.width * c.height }, (_, k) => p[4 * k] + p[4 * k + 1] + p[4 * k + 2]); return light.indexOf(Math.max(...light)); }", i);
            Assert.Equal(shares.Max(), shares[lightest], 3);
        }
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task The_curve_of_a_sweep_stands_on_the_page_of_its_smallest_model_and_keeps_its_colours_to_itself()
    {
        if (IsMissing())
            return;
        JsonNode report = JsonNode.Parse(Sidtc.Results("prune", Repository.Model, "--sweep", "mlp=0.75,0.5", "-o", _folder["small.onnx"], "--report", _folder["small.html"], "--json"))!;
        OpenPage opened = await fixture.Browser!.Open(_folder["small.html"]);
        Assert.Equal(3, await opened.Page.Locator("#curve circle").CountAsync());
        string[] rows = [.. (await opened.Page.Locator("#curve tbody tr").AllInnerTextsAsync()).Select(OneLine)];
        Assert.Equal(report["sweep"]!.AsArray().Select(p => $"{p!["name"]} {Figures.Count((double)p["cost"]!["parameters"]![1]!)} {Figures.Count((double)p["cost"]!["macs"]![1]!)}"), rows.Select(r => r[..r.LastIndexOf(' ')]));
        Assert.EndsWith(Path.GetFileName((string)report["sweep"]![1]!["file"]!), await opened.Page.InnerTextAsync("h1"));
        Assert.Equal("#dedcd5", await opened.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).getPropertyValue('--line').trim()"));
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public void A_page_says_why_there_is_no_attention_to_be_drawn()
    {
        var graph = new GraphBuilder(new Spelling());
        Mixers.Network(graph, Mixers.TokenMlp);
        File.WriteAllBytes(_folder["mixer.onnx"], ModelWriter.ToBytes(graph.Build()));
        File.WriteAllBytes(_folder["pictures.npy"], Npy.Bytes("<f4", new float[2 * 3 * 12 * 12], [2, 3, 12, 12]));
        Sidtc.Run("diff", _folder["mixer.onnx"], _folder["mixer.onnx"], "--format", "html", "-o", _folder["mixer.html"], "--data", _folder["pictures.npy"], "--quiet");
        Assert.Contains("mixes tokens by weights that are the same for every picture", File.ReadAllText(_folder["mixer.html"]));
    }

    [Fact]
    public async Task A_page_fits_its_window_and_follows_the_colours_of_the_system()
    {
        if (IsMissing())
            return;
        string file = Diff();
        foreach ((ColorScheme scheme, int width) in new[] { (ColorScheme.Light, 1280), (ColorScheme.Dark, 1280), (ColorScheme.Light, 400), (ColorScheme.Dark, 400) })
        {
            OpenPage opened = await fixture.Browser!.Open(file, width, 860, scheme);
            Assert.Equal(width, await opened.Page.EvaluateAsync<int>("document.scrollingElement.scrollWidth"));
            int[] colour = await opened.Page.EvaluateAsync<int[]>("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)");
            Assert.Equal(scheme == ColorScheme.Light, colour.Sum() > 384);
            Assert.Empty(opened.Complaints);
        }
    }

    [Fact]
    public async Task The_keyboard_reaches_everything_in_few_stops_and_shows_where_it_is()
    {
        if (IsMissing())
            return;
        IPage page = (await fixture.Browser!.Open(Diff())).Page;
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('button, a, input, canvas, [tabindex]')].filter(e => !(e.getAttribute('aria-label') ?? e.textContent).trim()).length"));
        int stops = 0;
        for (string place = ""; place != "canvas" && stops < 60; stops++)
        {
            await page.Keyboard.PressAsync("Tab");
            string[] now = await page.EvaluateAsync<string[]>("(e => [e.tagName.toLowerCase(), getComputedStyle(e).outlineStyle])(document.activeElement)");
            Assert.NotEqual("none", now[1]);
            place = now[0];
        }
        Assert.InRange(stops, 8, 45);
        await page.Keyboard.PressAsync("b");
        await page.Keyboard.PressAsync("b");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => / unfolded$/.test(document.getElementById('said').textContent)");
        await page.Keyboard.PressAsync("n");
        await page.WaitForSelectorAsync("#detail:not([hidden])");
        await page.Keyboard.PressAsync("Escape");
        Assert.False(await page.IsVisibleAsync("#detail"));
    }

    [Fact]
    public async Task A_graph_of_three_and_a_half_thousand_nodes_does_not_stall()
    {
        if (IsMissing())
            return;
        var graph = new GraphBuilder(new Spelling { Opset = 17 });
        new Swin(graph, SwinHead.Classes, pairs: 33).Write();
        File.WriteAllBytes(_folder["windows.onnx"], ModelWriter.ToBytes(graph.Build()));
        Sidtc.Results("prune", _folder["windows.onnx"], "--keep", "mlp=0.5", "-o", _folder["small.onnx"], "--report", _folder["windows.html"], "--no-proof", "--quiet");
        Sidtc.Results("inspect", _folder["windows.onnx"], "--html", _folder["one.html"], "--quiet");
        Browser browser = fixture.Browser!;
        OpenPage opened = await browser.Open(_folder["windows.html"]);
        int nodes = int.Parse(OneLine(await opened.Page.Locator(".card", new() { HasText = "Nodes" }).InnerTextAsync()).Split("from ")[^1].Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.True(nodes > 3500, $"{nodes} nodes");
        await opened.Page.EvaluateAsync("() => { window.longest = 0; let last = performance.now(); const tick = now => { longest = Math.max(longest, now - last); last = now; requestAnimationFrame(tick); }; requestAnimationFrame(tick); }");
        await opened.Page.ClickAsync("button[title='Unfold every block with a change']");
        await opened.Page.WaitForFunctionAsync("() => document.getElementById('said').textContent === 'every change unfolded'", null, new() { Timeout = 60_000 });
        double longest = await opened.Page.EvaluateAsync<double>("longest");
        output.WriteLine($"{nodes} nodes; longest frame {longest:0} ms while everything unfolded");
        Assert.InRange(longest, 0, 3000); // a busy machine; a page that lays out by itself in one piece takes longer
        Assert.Empty(opened.Complaints.Concat((await browser.Open(_folder["one.html"])).Complaints));
    }

    private bool IsMissing()
    {
        if (Browser.Program is null)
            output.WriteLine("skipped: there is no Chromium on this machine");
        return Browser.Program is null;
    }

    private string Diff()
    {
        Sidtc.Results("prune", Repository.Model, "--keep", "mlp=0.5", "-o", _folder["small.onnx"], "--quiet");
        Sidtc.Run("diff", Repository.Model, _folder["small.onnx"], "--format", "html", "-o", _folder["diff.html"], "--quiet");
        return _folder["diff.html"];
    }

    private static Task<string> Picture(IPage page) => page.EvaluateAsync<string>("document.querySelector('.pane canvas').toDataURL()");

    private static double At(JsonNode pair, int index) => (double)pair[index]!;

    private static string Share(JsonNode pair) => Figures.Percent(At(pair, 1) / At(pair, 0));

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
