using System.Diagnostics;
using SiDT.Frontend;
using SiDT.Runtime;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Runtime;

public class PictureResizeTests(ITestOutputHelper output)
{
    private const string Python = "/usr/bin/python3";

    private const string Script =
        """
        import sys
        from PIL import Image
        filters = {"Bicubic": Image.BICUBIC, "Bilinear": Image.BILINEAR, "Nearest": Image.NEAREST}
        for line in sys.stdin.read().splitlines():
            path, height, width, name, mode = line.split("|")
            picture = Image.open(path).convert(mode)
            if name:
                picture = picture.resize((int(width), int(height)), filters[name])
            sys.stdout.buffer.write(picture.tobytes())
        """;

    [Theory]
    [InlineData(Interpolation.Bicubic, 3, 0.01)]
    [InlineData(Interpolation.Bilinear, 3, 0.01)]
    [InlineData(Interpolation.Nearest, 3, 2)] // ties between two pixels may fall differently
    [InlineData(Interpolation.Bicubic, 1, 0.01)]
    public void Resized_photographs_are_those_of_PIL(Interpolation interpolation, int channels, double mostOnAverage)
    {
        if (Photographs() is not { } paths)
            return;
        var cases = new List<(string Path, int Height, int Width)>();
        foreach (string path in paths)
        {
            (int height, int width) = SizeOf(path);
            foreach (double factor in new[] { 1, 0.7, 1 / 1.7, 1.2, 3, 7 })
                cases.Add((path, (int)(height / factor), (int)(width / factor)));
            cases.Add((path, height / 5, width)); // the aspect changes too
        }
        IEnumerable<string> asked = cases.Select(c => $"{c.Path}|{c.Height}|{c.Width}|{interpolation}|{(channels == 3 ? "RGB" : "L")}");
        using var pil = new MemoryStream(Pil([.. asked, .. paths.Select(p => $"{p}|0|0||RGB")]));
        var results = cases.ToDictionary(c => c, c => Take(pil, c.Height * c.Width * channels));

        foreach (string path in paths)
        {
            (int sourceHeight, int sourceWidth) = SizeOf(path);
            Tensor pixels = Tensor.Of<byte>(ElementType.UInt8, Take(pil, sourceHeight * sourceWidth * 3), 1, sourceHeight, sourceWidth, 3);
            foreach ((_, int height, int width) in cases.Where(c => c.Path == path))
            {
                using PicturePipeline pipeline = Pipeline(height, width, channels, interpolation, new PixelSource(PictureLayout.Nhwc, 3, ChannelOrder.Rgb));
                double average = Compare(pipeline.PrepareArray(pixels), results[(path, height, width)], $"{Path.GetFileName(path)} to {height}x{width}");
                Assert.InRange(average, 0, mostOnAverage);
            }
        }
    }

    [Fact]
    public void Decoded_photographs_are_those_of_PIL()
    {
        if (Photographs() is not { } paths)
            return;
        using var pil = new MemoryStream(Pil(paths.Select(p => $"{p}|0|0||RGB")));
        foreach (string path in paths)
        {
            (int height, int width) = SizeOf(path);
            using PicturePipeline pipeline = Pipeline(height, width, 3, Interpolation.Bicubic, PixelSource.Decoded);
            Assert.InRange(Compare(pipeline.PrepareFiles([path]), Take(pil, height * width * 3), Path.GetFileName(path)), 0, 1);
        }
    }

    private string[]? Photographs()
    {
        if (SharedFolder.Find("data/coco/images") is { } folder && HasPil())
            return [.. Directory.GetFiles(folder, "*.jpg").Order(StringComparer.Ordinal).Take(4)];
        output.WriteLine("skipped: there are no photographs beside the repository, or no PIL");
        return null;
    }

    private static PicturePipeline Pipeline(int height, int width, int channels, Interpolation interpolation, PixelSource source)
    {
        var port = new Port("x", ElementType.Float32, [null, channels, null, null], new string?[4]);
        var preprocessing = new Preprocessing { Resize = ResizeTo.Exactly(height, width), Crop = (height, width), Scale = 1, Interpolation = interpolation };
        return new PicturePipeline(PictureInput.Of(port, preprocessing), preprocessing, source);
    }

    /// <summary>Mean absolute difference, of 255, between ours [1, c, h, w] and theirs [h, w, c].</summary>
    private double Compare(Tensor ours, byte[] theirs, string name)
    {
        float[] numbers = ours.ToFloats();
        int channels = (int)ours.Dims[1], pixels = numbers.Length / channels;
        double sum = 0, largest = 0;
        for (int i = 0; i < theirs.Length; i++)
        {
            double difference = Math.Abs(numbers[(i % channels * pixels) + (i / channels)] - theirs[i]);
            sum += difference;
            largest = Math.Max(largest, difference);
        }
        output.WriteLine($"{name}: {sum / theirs.Length:F4} of 255 on average, {largest} at most");
        return sum / theirs.Length;
    }

    private static byte[] Take(MemoryStream stream, int count)
    {
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static (int Height, int Width) SizeOf(string path)
    {
        var port = new Port("x", ElementType.Float32, [null, 3, null, null], new string?[4]);
        using var pipeline = new PicturePipeline(PictureInput.Of(port, Preprocessing.None), Preprocessing.None, PixelSource.Decoded);
        long[] dims = pipeline.Decode(path).Dims;
        return ((int)dims[1], (int)dims[2]);
    }

    private static bool HasPil()
    {
        if (!File.Exists(Python))
            return false;
        using Process process = Process.Start(new ProcessStartInfo(Python, ["-c", "import PIL.Image"]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static byte[] Pil(IEnumerable<string> cases)
    {
        using Process process = Process.Start(new ProcessStartInfo(Python, ["-c", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write(string.Join('\n', cases));
        process.StandardInput.Close();
        using var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return bytes.ToArray();
    }
}
