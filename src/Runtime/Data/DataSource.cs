namespace SiDT.Runtime;

/// <summary>Tells the kinds of data apart, by content rather than by name where that is possible.</summary>
internal static class DataSource
{
    public static DataSet Open(string path, IReadOnlyList<Port> inputs, Preprocessing? preprocessing)
    {
        try
        {
            if (Directory.Exists(path))
                return OpenFolder(path, inputs, preprocessing);
            if (File.Exists(path))
                return OpenFile(path, inputs, preprocessing);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DataError($"'{path}' cannot be read: {RuntimeError.OneLine(failure.Message)}", failure);
        }
        throw new DataError($"there is no file or folder '{path}'");
    }

    private static DataSet OpenFolder(string path, IReadOnlyList<Port> inputs, Preprocessing? preprocessing)
    {
        if (PictureFiles.InFolder(path) is { } pictures)
            return Pictures(pictures, path, inputs, preprocessing);
        string[] idx = IdxFile.ImagesIn(path);
        if (idx.Length > 1)
            throw new DataError($"'{path}' holds several idx files, name one of them: {string.Join(", ", idx.Select(Path.GetFileName))}");
        if (idx.Length == 1)
            return ArrayRows.Open(path, IdxFile.Open(idx[0]), inputs, preprocessing);
        string[] cifar = CifarFiles.In(path);
        if (cifar.Length > 0)
            return ArrayRows.Open(path, CifarFiles.Open(cifar), inputs, preprocessing);
        throw new DataError($"the folder '{path}' holds no JPEG or PNG pictures, no idx files and no CIFAR files");
    }

    private static DataSet OpenFile(string path, IReadOnlyList<Port> inputs, Preprocessing? preprocessing)
    {
        Span<byte> start = stackalloc byte[8];
        using (FileStream stream = File.OpenRead(path))
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.StartsWith(NpyHeader.Magic))
            return ArrayRows.Open(path, [NpyFile.Open(path)], inputs, preprocessing);
        if (start.StartsWith("PK"u8))
            return ArrayRows.Open(path, NpzFile.Open(path), inputs, preprocessing);
        if (PictureFiles.IsPicture(path))
            return Pictures(new PictureFiles([path], null), path, inputs, preprocessing);
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) || start.StartsWith((ReadOnlySpan<byte>)[0, 0, 8]))
            return ArrayRows.Open(path, IdxFile.Open(path), inputs, preprocessing);
        if (path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase))
            return ArrayRows.Open(path, CifarFiles.Open([path]), inputs, preprocessing);
        throw new DataError($"'{path}' is none of the kinds that are understood: a folder of pictures, .npy, .npz, idx, CIFAR .bin");
    }

    private static DataSet Pictures(PictureFiles files, string path, IReadOnlyList<Port> inputs, Preprocessing? preprocessing)
    {
        Port port = PictureInput.Find(inputs)
            ?? throw new DataError($"'{path}' holds pictures, but no input of the model has their shape ({string.Join(", ", inputs)})");
        if (inputs.FirstOrDefault(p => p != port) is { } other)
            throw new DataError($"'{path}' holds pictures for '{port.Name}', but the model also reads '{other.Name}' {other.Shape}; use a .npz with an array for each input");
        preprocessing ??= Preprocessing.Assumed(PictureInput.ChannelsOf(port));
        return new DataSet(new PictureRows(files, PictureInput.Of(port, preprocessing), preprocessing), preprocessing);
    }
}
