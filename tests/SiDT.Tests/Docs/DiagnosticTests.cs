using System.Text.RegularExpressions;
using SiDT.Cli.Entry;
using SiDT.Tests.Cli;
using Xunit;

namespace SiDT.Tests.Docs;

/// <summary>Ids of diagnostics and the page that explains them.</summary>
public sealed partial class DiagnosticTests
{
    [Fact]
    public void Every_id_is_explained_with_its_exit_code() =>
        Assert.Equal(Diagnostic.All.Select(d => (d.Id, $"{d.ExitCode}")), Rows().Matches(File.ReadAllText(Repository.Of("docs/diagnostics.md"))).Select(m => (m.Groups[1].Value, m.Groups[2].Value)));

    [Fact]
    public void Every_refusal_ends_with_the_id_that_belongs_to_its_exit_code()
    {
        string[] refusals = [.. File.ReadAllLines(Repository.Of("tests/SiDT.Tests/Cli/Golden/refusals.txt")).Where(l => l.StartsWith("    ", StringComparison.Ordinal))];
        Assert.All(refusals, line => Assert.Contains(Diagnostic.All, d => line.StartsWith($"    {d.ExitCode}  sidtc: ", StringComparison.Ordinal) && line.EndsWith($" [{d.Id}]", StringComparison.Ordinal)));
        Assert.True(refusals.Select(l => l[^7..]).Distinct().Count() > 6);
    }

    [Fact]
    public void Memory_that_ran_out_is_no_fault_of_ours_on_one_thread_or_several()
    {
        Exception[] errors = [new OutOfMemoryException(), new AggregateException(new AggregateException(new OutOfMemoryException()))];

        Assert.All(errors, e => Assert.Equal(Diagnostic.Memory, Diagnostic.Of(e)));
        Assert.All(errors, e => Assert.StartsWith("memory ran out; ", Diagnostic.Memory.SentenceOf(e), StringComparison.Ordinal));
        Assert.Equal(Diagnostic.Fault, Diagnostic.Of(new AggregateException(new InvalidOperationException())));
    }

    [GeneratedRegex(@"^\| `(SIDT\d+)` \| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
