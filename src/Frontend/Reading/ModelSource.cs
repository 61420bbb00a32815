using SiDT.Frontend.Storage;

namespace SiDT.Frontend.Reading;

/// <summary>What is being read: names it in errors and knows where its tensors are.</summary>
internal sealed class ModelSource(string? path, MappedFile? file)
{
    /// <summary>The file as the user named it; null for a model in memory.</summary>
    public string? Path { get; } = path;

    public MappedFile? File { get; } = file;

    /// <summary>Tensor bytes left in <see cref="File"/>.</summary>
    public DataSlices? Slices { get; } = file is null ? null : new DataSlices(file);

    public ExternalFiles? Externals { get; } = path is null ? null : new ExternalFiles(path);

    /// <summary>The input is at fault: one sentence with the file, what is wrong in it, and what to do.</summary>
    public ModelError Error(string what, string remedy = "export the model again") =>
        new($"{(Path is null ? "the model" : $"'{Path}'")}: {what}; {remedy}");

    /// <summary>Opens a file that must exist, be a file, be readable and not be empty.</summary>
    public static MappedFile Map(string path, Func<string, string, ModelError> error)
    {
        try
        {
            if (Directory.Exists(path))
                throw error("is a folder, not a file", "give the path of a file");
            var info = new FileInfo(path);
            if (!info.Exists)
                throw error("there is no such file", "check the path");
            if (info.Length == 0)
                throw error("the file is empty", "export or copy it again");
            return MappedFile.Open(path);
        }
        catch (UnauthorizedAccessException)
        {
            throw error("the file may not be read", "change its permissions");
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw error($"the file cannot be opened ({e.Message.TrimEnd('.')})", "check the path and the disk");
        }
    }
}
