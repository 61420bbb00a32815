using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Cli;

public sealed class RefusalTests
{
    [Fact]
    public void What_cannot_be_done_is_refused_with_one_sentence_and_writes_nothing()
    {
        var lines = new List<string>();
        foreach (Refusal refusal in Refusals.All)
        {
            using var folder = new TemporaryFolder();
            string[] words = refusal.Words(folder);
            string[] before = Files(folder);
            Answer answer = Sidtc.Run(words);
            Assert.True(answer.Out.Length == 0, $"{refusal.Name}: prints '{answer.Out}'");
            Assert.Equal(before, Files(folder));
            string said = WithoutProgress(answer.Error).Replace(folder.Path, "TMP").Replace(Repository.Root + "/", "");
            Assert.True(said.Split('\n').Length <= 1, $"{refusal.Name}: more than one line: {said}");
            lines.Add($"{refusal.Name}\n    {answer.Code}  {said}");
        }
        GoldenFile.Check("refusals.txt", string.Join('\n', lines) + "\n");
    }

    [Fact]
    public void No_two_refusals_have_the_same_name() => Assert.Equal(Refusals.All.Count, Refusals.All.DistinctBy(r => r.Name).Count());

    // where the machine is slow, stages are named
    private static string WithoutProgress(string talk) => string.Join('\n', talk.Trim().Split('\n').Where(l => !l.EndsWith(" ...", StringComparison.Ordinal)));

    private static string[] Files(TemporaryFolder folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(p => File.Exists(p) ? $"{p} {new FileInfo(p).Length}" : p)];
}
