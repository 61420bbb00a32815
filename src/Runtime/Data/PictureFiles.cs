namespace SiDT.Runtime;

/// <summary>Files of pictures with their classes.</summary>
/// <param name="Paths">The files, sorted.</param>
/// <param name="Labels">The class of each; null without labels.</param>
internal sealed record PictureFiles(IReadOnlyList<string> Paths, IReadOnlyList<long>? Labels)
{
    private const string LabelsFile = "labels.csv";
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png"];

    /// <summary>
    /// What a folder holds: the files that its labels.csv lists; else the pictures in it; else those in its sub-folders, each
    /// of which is a class (its number where all are numbers, else its place in the sorted list; one alone is no class).
    /// Null if there are none.
    /// </summary>
    public static PictureFiles? InFolder(string folder)
    {
        string csv = Path.Combine(folder, LabelsFile);
        if (File.Exists(csv))
            return PictureLabels.Read(csv, folder);
        string[] here = In(folder, SearchOption.TopDirectoryOnly);
        if (here.Length > 0)
            return new PictureFiles(here, null);
        var classes = Directory.GetDirectories(folder)
            .Select(d => (Name: Path.GetFileName(d), Files: In(d, SearchOption.AllDirectories)))
            .Where(d => d.Files.Length > 0 && !d.Name.StartsWith('.'))
            .OrderBy(d => d.Name, StringComparer.Ordinal)
            .ToArray();
        if (classes.Length == 0)
            return null;
        if (classes.Length == 1)
            return new PictureFiles(classes[0].Files, null);
        bool numbered = classes.All(c => int.TryParse(c.Name, out int number) && number >= 0);
        var paths = new List<string>();
        var labels = new List<long>();
        for (int i = 0; i < classes.Length; i++)
        {
            paths.AddRange(classes[i].Files);
            labels.AddRange(Enumerable.Repeat(numbered ? int.Parse(classes[i].Name) : (long)i, classes[i].Files.Length));
        }
        return new PictureFiles(paths, labels);
    }

    public static bool IsPicture(string path) => Endings.Contains(Path.GetExtension(path).ToLowerInvariant());

    private static string[] In(string folder, SearchOption depth) =>
        [.. Directory.EnumerateFiles(folder, "*", depth).Where(p => IsPicture(p) && !Path.GetFileName(p).StartsWith('.')).Order(StringComparer.Ordinal)];
}
