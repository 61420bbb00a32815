using System.Text.RegularExpressions;
using SiDT.Frontend.Reading;
using SiDT.Tests.Frontend;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Compensation.Zoo;

/// <summary>What the mini-zoo shows of compensation holds for graphs that others made.</summary>
[Trait("Category", Categories.Slow)]
public class ZooCompensationTests(ITestOutputHelper output)
{
    [ZooFact]
    public void Loses_less_than_plain_slicing_on_nearly_all_graphs_of_the_zoo()
    {
        CompensatedOutcome[] all = [.. ZooFactAttribute.Graphs.Where(g => Regex.IsMatch(Path.GetFileName(g), Environment.GetEnvironmentVariable("SIDT_ZOO_ONLY") ?? "")).AsParallel().AsOrdered().SelectMany(Run)];
        if (Environment.GetEnvironmentVariable("SIDT_ZOO_OUT") is { } to)
            File.WriteAllLines(Path.Combine(to, "zoo.tsv"), all.Select(o => o.ToString()));
        foreach (CompensatedOutcome outcome in all.Where(o => !o.IsBetter || o.Fault is not null))
            output.WriteLine(outcome.ToString());
        output.WriteLine($"{all.Count(o => o.IsBetter)} of {all.Length}");

        Assert.Empty(all.Where(o => o.Fault is not null).Select(o => o.ToString()));
        Assert.True(all.Count(o => o.IsBetter) >= 0.95 * all.Length);
    }

    private static CompensatedOutcome[] Run(string path)
    {
        var halved = new CompensatedKind(Path.GetFileNameWithoutExtension(path), () => ModelReader.Read(path));
        return [.. CompensatedKind.Kinds.Select(halved.Halve).OfType<CompensatedOutcome>()];
    }
}
