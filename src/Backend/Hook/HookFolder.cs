using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;

namespace SiDT.Backend.Hook;

/// <summary>A project on its way to a folder: complete beside its place before it takes it.</summary>
public static class HookFolder
{
    /// <summary>Looks whether a project may go to <paramref name="folder"/>.</summary>
    /// <exception cref="OutputError">Something is there already, or the place does not exist.</exception>
    public static void Check(string folder, bool force)
    {
        if (string.IsNullOrWhiteSpace(folder) || folder.Contains('\0'))
            throw new OutputError($"'{folder.Replace("\0", "\\0", StringComparison.Ordinal)}' is no path of a folder; give one");
        if (File.Exists(folder))
            throw new OutputError($"'{folder}' is a file; give the path of a folder");
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(folder)) ?? folder))
            throw new OutputError($"'{folder}' cannot be written because its folder does not exist; create it");
        if (!force && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new OutputError($"'{folder}' exists and is not empty; give another name, or --force to replace the files of the project in it");
    }

    /// <summary>Writes a project with its models.</summary>
    /// <param name="project">What is in it.</param>
    /// <param name="models">ONNX files, and what they are called in the project.</param>
    /// <param name="folder">Where it goes.</param>
    /// <exception cref="OutputError">It cannot be written; what was there before is untouched.</exception>
    public static void Write(EmittedProject project, IReadOnlyList<(string Path, string Name)> models, string folder)
    {
        string target = Path.GetFullPath(folder), waiting = $"{target}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(waiting);
            foreach ((string name, string text) in project.Texts)
                File.WriteAllText(Path.Combine(waiting, name), text);
            foreach ((string name, byte[] graph) in project.Graphs)
                File.WriteAllBytes(Path.Combine(waiting, name), graph);
            foreach ((string path, string name) in models)
            {
                Model model = ModelReader.Read(path);
                ModelWriter.Write(model, Path.Combine(waiting, name));
            }
            if (!Directory.Exists(target))
            {
                Directory.Move(waiting, target);
                return;
            }
            foreach (string file in Directory.GetFiles(waiting))
                File.Move(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new OutputError($"'{folder}' cannot be written to ({e.Message.TrimEnd('.')}); check its permissions and the space on the disk", e);
        }
        finally
        {
            if (Directory.Exists(waiting))
                Directory.Delete(waiting, recursive: true);
        }
    }
}
