using System.Text.RegularExpressions;
using System.Xml.Linq;
using SiDT.Cli.Entry;
using SiDT.Tests.Cli;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Docs;

/// <summary>The picture of the README is of a real run of its first command; <c>SIDT_ACCEPT=1</c> takes it again.</summary>
[Trait("Category", Categories.Slow)]
public sealed class ReadmePictureTests
{
    private static string Picture => Repository.Of("docs/prune.svg");

    [Fact]
    public void The_picture_shows_what_the_first_command_prints()
    {
        string command = ShellBlocks.Commands("README.md")[0];
        using var folder = new TemporaryFolder();
        string output = Run(command, folder).Replace(folder.Path + "/", "");
        if (GoldenFile.Accepts)
            File.WriteAllText(Picture, TerminalPicture.Svg("./" + command, output));
        string shown = Compact(string.Concat(XDocument.Load(Picture).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)));
        string plain = Regex.Replace(output, "\u001b\\[[0-9;]*m", "");
        // What was measured, and so what is sorted by it and which fits were kept, differs from machine to machine;
        // which lines there are does not.
        foreach (string line in plain.Split('\n').TakeWhile(l => !l.StartsWith("Scored on", StringComparison.Ordinal)))
            Assert.Contains(Compact(line), shown);
        foreach (string paragraph in new[] { "Scored on", "Latency:", "Compensation:", "Free:" })
        {
            Assert.Contains(paragraph, plain);
            Assert.Contains(Compact(paragraph), shown);
        }
    }

    private static string Run(string command, TemporaryFolder folder)
    {
        using var results = new StringWriter { NewLine = "\n" };
        using var talk = new StringWriter();
        int code = new CommandLine(Terminal.Coloured(results, talk, 110)).Run(ShellBlocks.Words(command, folder.Path));
        Assert.True(code == ExitCodes.Done, talk.ToString());
        return results.ToString();
    }

    private static string Compact(string text) => string.Concat(text.Where(char.IsLetter));
}
