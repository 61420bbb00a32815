using System.Buffers.Binary;
using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Pictures to what a model reads, by graphs that ONNX Runtime runs; several pictures at once.</summary>
internal sealed class PicturePipeline : IDisposable
{
    /// <summary>Larger pictures are damaged or meant to exhaust the memory.</summary>
    public const long MostPixels = 1 << 27;

    // One picture keeps one thread busy; the pictures of a batch share the threads.
    private static readonly SessionSettings OneThread = new(Threads: 1);

    private readonly Preprocessing _preprocessing;
    private readonly PixelSource _source;
    private readonly Session _transform;
    private readonly Lazy<Session> _decoder = new(() => Session.OpenWithExtensions(PictureGraph.Decoder(), OneThread));

    public PicturePipeline(PictureInput input, Preprocessing preprocessing, PixelSource source)
    {
        Input = input;
        _preprocessing = preprocessing;
        _source = source;
        _transform = Session.Open(PictureGraph.Transform(input, preprocessing, source), OneThread);
    }

    public PictureInput Input { get; }

    /// <summary>Decodes and prepares files; one row for each.</summary>
    /// <exception cref="DataError">A file cannot be read as a picture.</exception>
    public Tensor PrepareFiles(IReadOnlyList<string> paths) => Collect(paths.Count, i => Transform(Decode(paths[i]), paths[i], keepFitting: false));

    /// <summary>Prepares pictures that lie in memory as <paramref name="pixels"/>, uint8 of rank 4.</summary>
    /// <exception cref="DataError">They are too small for the crop.</exception>
    public Tensor PrepareArray(Tensor pixels)
    {
        long[] one = [1, .. pixels.Dims[1..]];
        int bytes = (int)(pixels.Storage.Length / Math.Max(pixels.Dims[0], 1));
        return Collect((int)pixels.Dims[0], i =>
            Transform(new Tensor(ElementType.UInt8, one, new ManagedStorage(pixels.Bytes.Slice(i * bytes, bytes).ToArray())), $"picture {i}", keepFitting: true));
    }

    public void Dispose()
    {
        _transform.Dispose();
        if (_decoder.IsValueCreated)
            _decoder.Value.Dispose();
    }

    /// <summary>A file as uint8 [1, height, width, 3], blue first.</summary>
    internal Tensor Decode(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataError($"the picture '{path}' cannot be read: {RuntimeError.OneLine(failure.Message)}", failure);
        }
        bool jpeg = file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);
        if (!jpeg && !file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]))
            throw new DataError($"'{path}' is not a JPEG or PNG picture");
        int greyFrame = -1;
        if (jpeg && JpegStructure.Fault(file, out greyFrame) is { } fault)
            throw new DataError($"the picture '{path}' {fault}");
        if (!jpeg && file.Length >= 24 && BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(16)) * (ulong)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(20)) > MostPixels)
            throw new DataError($"the picture '{path}' has too many pixels to be read");
        if (greyFrame >= 0)
            file = GreyJpeg.InColour(file, greyFrame);
        try
        {
            var bytes = new Tensor(ElementType.UInt8, [file.Length], new ManagedStorage(file));
            Tensor pixels = _decoder.Value.Run(new Dictionary<string, Tensor> { ["bytes"] = bytes })["pixels"];
            return new Tensor(pixels.Type, [1, .. pixels.Dims], pixels.Storage);
        }
        catch (RuntimeError failure)
        {
            throw new DataError($"the picture '{path}' is damaged", failure);
        }
    }

    /// <summary>One picture, prepared; <paramref name="keepFitting"/>: one that already has the size of the crop is not resized by default.</summary>
    private Tensor Transform(Tensor pixels, string name, bool keepFitting)
    {
        int rows = _source.Layout == PictureLayout.Nchw ? 2 : 1;
        int height = (int)pixels.Dims[rows];
        int width = (int)pixels.Dims[rows + 1];
        bool fits = keepFitting && _preprocessing.Resize is null && height == Input.Height && width == Input.Width;
        (int tall, int wide) = fits ? (height, width) : PictureSizes.Resized(height, width, Input, _preprocessing);
        if (tall < Input.Height || wide < Input.Width)
            throw new DataError($"'{name}' resized to {tall}x{wide} is smaller than the crop {Input.Height}x{Input.Width}; give a larger 'resize'");
        long top = PictureSizes.Start(tall, Input.Height);
        long left = PictureSizes.Start(wide, Input.Width);
        var feeds = new Dictionary<string, Tensor>
        {
            ["pixels"] = pixels,
            ["size"] = Tensor.Vector(tall, wide),
            ["start"] = Tensor.Vector(top, left),
            ["end"] = Tensor.Vector(top + Input.Height, left + Input.Width),
        };
        return _transform.Run(feeds)["prepared"];
    }

    private Tensor Collect(int count, Func<int, Tensor> prepare)
    {
        long[] dims = Input.Dims(count);
        int bytes = checked((int)(Input.Dims(1).Aggregate(1L, (a, b) => a * b) * Input.Port.ElementType.Bits() / 8));
        var all = new byte[checked((long)bytes * count)];
        var failures = new Exception?[count];
        Parallel.For(0, count, i =>
        {
            try
            {
                prepare(i).Bytes.CopyTo(all.AsSpan(i * bytes, bytes));
            }
            catch (DataError failure)
            {
                failures[i] = failure;
            }
        });
        if (Array.Find(failures, f => f is not null) is { } first)
            throw first; // of the first picture, whichever thread came first
        return new Tensor(Input.Port.ElementType, dims, new ManagedStorage(all));
    }
}
