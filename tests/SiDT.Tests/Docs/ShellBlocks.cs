using System.Text.RegularExpressions;
using SiDT.Tests.Cli;

namespace SiDT.Tests.Docs;

/// <summary>Commands in documents: the lines of <c>sh</c> blocks that call sidtc.</summary>
internal static partial class ShellBlocks
{
    /// <summary>Documents whose commands are run, relative to the repository.</summary>
    public static IReadOnlyList<string> Documents { get; } =
        ["README.md", .. Directory.EnumerateFiles(Repository.Of("docs"), "*.md").Select(p => $"docs/{Path.GetFileName(p)}").Order(StringComparer.Ordinal)];

    /// <summary>The commands of a document in order, without <c>./</c> and what follows a pipe or a comment.</summary>
    public static IReadOnlyList<string> Commands(string document)
    {
        string text = File.ReadAllText(Repository.Of(document));
        return [.. Blocks().Matches(text).SelectMany(m => m.Groups[1].Value.Replace("\\\n", " ").Split('\n')).Select(Plain).Where(l => l.StartsWith("sidtc ", StringComparison.Ordinal))];
    }

    /// <summary>The words of a command; files of the repository are found, others lie in <paramref name="folder"/>.</summary>
    public static string[] Words(string command, string folder)
    {
        string[] words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(w => w.Trim('\''))];
        // what is written may be a folder, which has no ending
        return [.. words.Select((w, i) => i > 0 && words[i - 1] is ("-o" or "--hook") ? Path.Combine(folder, w) : Place(w, folder))];
    }

    private static string Plain(string line)
    {
        string command = line.Split(" | ")[0].Split(" > ")[0].Split(" #")[0].Trim();
        return command.StartsWith("./sidtc", StringComparison.Ordinal) ? command[2..] : command;
    }

    private static string Place(string word, string folder) => word switch
    {
        _ when word.StartsWith("models/", StringComparison.Ordinal) => Repository.Of(word),
        _ when File.Exists(Path.Combine(folder, word)) || word.EndsWith(".onnx", StringComparison.Ordinal) || word.EndsWith(".json", StringComparison.Ordinal) || word.EndsWith(".html", StringComparison.Ordinal) || word.EndsWith(".safetensors", StringComparison.Ordinal) => Path.Combine(folder, word),
        _ => word,
    };

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
