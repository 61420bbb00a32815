using System.Globalization;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Storage;

namespace SiDT.Frontend.Reading;

/// <summary>
/// The files that a model keeps tensors in, each mapped once. They must lie in the folder of the model: a model from
/// elsewhere must not make us read other files of the user.
/// </summary>
internal sealed class ExternalFiles(string modelPath)
{
    private readonly Dictionary<string, MappedFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<(string File, long Offset, long Length), MappedStorage> _parts = [];
    private string[]? _folders;

    /// <summary>The bytes of an external tensor; <paramref name="expected"/> is what its dimensions ask for, -1 if that is not known.</summary>
    public TensorStorage Open(TensorProto proto, long expected, Func<string, string, ModelError> error)
    {
        string location = Entry(proto, "location", error) is { Length: > 0 } given ? given : throw error("does not say in which file its numbers are", "export the model again");
        string path = Resolve(location, error);
        MappedFile? file = _files.GetValueOrDefault(path);
        if (file is null && expected == 0)
            return ManagedStorage.Empty;
        if (file is null)
            _files[path] = file = ModelSource.Map(path, (what, remedy) => error($"has its numbers in '{location}', and {what}", remedy));
        long offset = Number(proto, "offset", error) ?? 0;
        long left = file.Length - offset;
        long length = Number(proto, "length", error) ?? (expected >= 0 ? expected : left);
        if (expected >= 0 && length != expected)
            throw error($"has {length} bytes in '{location}' but needs {expected}", "export the model again");
        if (left < 0 || length > left)
            throw error($"needs the bytes {offset} to {(decimal)offset + length} of '{location}', which has {file.Length}", "copy that file again");
        if (!_parts.TryGetValue((path, offset, length), out MappedStorage? part))
            _parts.Add((path, offset, length), part = new MappedStorage(file, offset, length));
        return part;
    }

    private string Resolve(string location, Func<string, string, ModelError> error)
    {
        const string Remedy = "put the data beside the model and export it with a relative path";
        try
        {
            if (Path.IsPathRooted(location) || location.Contains('\0') || (location.Length > 1 && location[1] == ':'))
                throw error($"has its numbers in '{location.Replace("\0", "\\0", StringComparison.Ordinal)}', which is not a path inside the model's folder", Remedy);
            // A model that is a link (as in download caches) may also have its data where the link leads to.
            _folders ??= [RealPath.Of(Folder(Path.GetFullPath(modelPath))), Folder(RealPath.Of(modelPath))];
            string full = Path.GetFullPath(Path.Combine(Folder(Path.GetFullPath(modelPath)), location));
            string real = RealPath.Of(full);
            if (!RealPath.IsInside(full, Folder(Path.GetFullPath(modelPath))) || !_folders.Any(f => RealPath.IsInside(real, f)))
                throw error($"has its numbers in '{location}', which is outside the model's folder", Remedy);
            return real;
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException or UnauthorizedAccessException)
        {
            throw error($"has its numbers in '{location}', which cannot be opened ({e.Message.TrimEnd('.')})", Remedy);
        }
    }

    private static string Folder(string path) => Path.GetDirectoryName(path) ?? path;

    private static long? Number(TensorProto proto, string key, Func<string, string, ModelError> error)
    {
        string? text = Entry(proto, key, error);
        if (text is null)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw error($"has external data whose {key} '{text}' is no number", "export the model again");
    }

    private static string? Entry(TensorProto proto, string key, Func<string, string, ModelError> error)
    {
        StringStringEntryProto? found = null;
        foreach (StringStringEntryProto entry in proto.ExternalData)
        {
            if (entry.Key != key)
                continue;
            if (found is not null)
                throw error($"has external data that give the {key} twice", "export the model again");
            found = entry;
        }
        return found?.Value;
    }
}
