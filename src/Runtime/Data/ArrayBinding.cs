using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Which array of a file goes into which input, and how.</summary>
/// <param name="Port">The input.</param>
/// <param name="Array">The array.</param>
/// <param name="Shared">Whether the array as a whole is fed to every batch, rather than row by row.</param>
/// <param name="Pixels">How its pictures lie if it is preprocessed; null if its numbers are fed as they are.</param>
internal sealed record ArrayBinding(Port Port, StoredArray Array, bool Shared, PixelSource? Pixels)
{
    private static readonly string[] LabelNames = ["y", "label", "labels", "target", "targets"];

    /// <summary>Finds an array for each input, and the labels among the rest.</summary>
    /// <exception cref="DataError">An input stays without an array, or a shape does not fit.</exception>
    public static (IReadOnlyList<ArrayBinding> Bindings, StoredArray? Labels) Bind(string path, IReadOnlyList<StoredArray> arrays, IReadOnlyList<Port> inputs)
    {
        string[] inputNames = [.. inputs.Select(p => p.Name)];
        StoredArray? labels = LabelNames
            .Where(n => !inputNames.Contains(n))
            .Select(n => arrays.FirstOrDefault(a => a.Name == n))
            .FirstOrDefault(a => a is not null);
        StoredArray[] rest = [.. arrays.Where(a => a != labels)];
        var found = inputs.ToDictionary(p => p, p => ArrayFor(path, p, inputs.Count, rest));
        ArrayBinding[] bindings = [.. inputs.Select(p => Bind(path, p, found[p]))];
        return (MarkShared(bindings), labels);
    }

    private static StoredArray ArrayFor(string path, Port port, int inputs, StoredArray[] arrays)
    {
        if (arrays.FirstOrDefault(a => a.Name == port.Name) is { } named)
            return named;
        if (inputs == 1)
        {
            if (arrays.Length == 1)
                return arrays[0];
            StoredArray[] fitting = [.. arrays.Where(a => Fits(port, a))];
            if (fitting.Length == 1)
                return fitting[0];
        }
        string names = arrays.Length == 0 ? "none" : string.Join(", ", arrays.Select(a => $"'{a.Name}' {a.Shape}"));
        throw new DataError($"'{path}' has no array for the input '{port.Name}' {port.Shape}; its arrays are {names}");
    }

    private static bool Fits(Port port, StoredArray array) => FitsRows(port, array) || PixelsOf(port, array) is not null;

    /// <summary>Whether rows of the array are rows of the input.</summary>
    private static bool FitsRows(Port port, StoredArray array) =>
        port.Rank > 0 && array.Dims.Length == port.Rank && port.Accepts([port.Dims[0] ?? array.Dims[0], .. array.Dims[1..]]);

    private static ArrayBinding Bind(string path, Port port, StoredArray array)
    {
        string title = array.Name.Length == 0 ? $"the array in '{path}'" : $"the array '{array.Name}' in '{path}'";
        if (port.Rank == 0 && array.Dims.Length == 0)
            return new ArrayBinding(port, array, Shared: true, null);
        if (array.Type == ElementType.UInt8 && port.ElementType.IsFloating() && PixelsOf(port, array) is { } pixels)
            return new ArrayBinding(port, array, Shared: false, pixels);
        if (!FitsRows(port, array))
        {
            // Pictures for a model that reads bytes may still need resizing.
            return array.Type == ElementType.UInt8 && port.ElementType == ElementType.UInt8 && PixelsOf(port, array) is { } bytes
                ? new ArrayBinding(port, array, Shared: false, bytes)
                : throw new DataError($"{title} has the shape {array.Shape}, but the input '{port.Name}' is {port.Shape}");
        }
        if (array.Type.IsFloating() != port.ElementType.IsFloating())
            throw new DataError($"{title} holds {Word(array.Type)} numbers, but the input '{port.Name}' is {Word(port.ElementType)}; store what the model reads, or uint8 pictures");
        return new ArrayBinding(port, array, Shared: false, null);
    }

    /// <summary>
    /// An input whose first size is fixed is shared between samples when the other arrays have another number of rows
    /// (one position table for all).
    /// </summary>
    private static ArrayBinding[] MarkShared(ArrayBinding[] bindings)
    {
        long? rows = bindings.FirstOrDefault(b => !b.Shared && b.Port.Dims[0] is null)?.Array.Rows;
        if (rows is null)
            return bindings;
        return [.. bindings.Select(b => !b.Shared && b.Pixels is null && b.Port.Dims[0] == b.Array.Rows && b.Array.Rows != rows ? b with { Shared = true } : b)];
    }

    /// <summary>How a uint8 array holds pictures for an input; null if it does not.</summary>
    private static PixelSource? PixelsOf(Port port, StoredArray array)
    {
        if (array.Type != ElementType.UInt8 || !PictureInput.IsPicture(port))
            return null;
        if (array.Dims.Length == 3)
            return new PixelSource(PictureLayout.Nhwc, 1, ChannelOrder.Rgb);
        if (array.Dims.Length != 4)
            return null;
        bool first = array.Dims[1] is 1 or 3;
        bool last = array.Dims[3] is 1 or 3;
        if (!first && !last)
            return null;
        if (first && last) // a picture one or three pixels wide: as the model has it
            last = port.Dims[1] is not (1 or 3);
        return last
            ? new PixelSource(PictureLayout.Nhwc, (int)array.Dims[3], ChannelOrder.Rgb)
            : new PixelSource(PictureLayout.Nchw, (int)array.Dims[1], ChannelOrder.Rgb);
    }

    private static string Word(ElementType type) => type.ToString().ToLowerInvariant();
}
