namespace SiDT.Backend.Hook;

/// <summary>Files of a project that are the same for every network but for some words.</summary>
public static class HookTemplates
{
    /// <summary>A file with its words filled in.</summary>
    /// <param name="name">Its name in the project.</param>
    /// <param name="words">What stands for <c>$word$</c>.</param>
    public static string Fill(string name, params (string Word, string Text)[] words)
    {
        using Stream stream = typeof(HookTemplates).Assembly.GetManifestResourceStream($"Hook/{name}") ?? throw new InvalidOperationException($"there is no template '{name}'");
        using var reader = new StreamReader(stream);
        string text = reader.ReadToEnd();
        foreach ((string word, string replacement) in words)
            text = text.Replace($"${word}$", replacement, StringComparison.Ordinal);
        return text;
    }
}
