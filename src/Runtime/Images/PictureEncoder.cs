using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Pictures as files that a browser shows, by ONNX Runtime's own encoder.</summary>
public sealed class PictureEncoder : IDisposable
{
    // what fits into so few pixels would lose its edges as JPEG, and takes little room without loss
    private const int SmallSide = 96;
    private const int LargeSide = 448;

    private readonly Lazy<Session> _jpeg = new(() => Open("jpg"));
    private readonly Lazy<Session> _png = new(() => Open("png"));

    /// <summary>A picture as a data URI; large ones are thinned out.</summary>
    /// <param name="picture">What a model reads: [1, channels, height, width] or [1, height, width, channels], the first of a batch.</param>
    /// <param name="preprocessing">How it was prepared; null: numbers of any range, which are spread over all shades.</param>
    /// <exception cref="RuntimeError">ONNX Runtime's extensions cannot write it.</exception>
    public string DataUri(Tensor picture, Preprocessing? preprocessing)
    {
        (byte[] pixels, int height, int width) = Pixels(picture, preprocessing);
        bool small = Math.Max(height, width) <= SmallSide;
        var feed = new Tensor(ElementType.UInt8, [height, width, 3], new ManagedStorage(pixels));
        Tensor file = (small ? _png : _jpeg).Value.Run(new Dictionary<string, Tensor> { ["pixels"] = feed })["bytes"];
        return $"data:image/{(small ? "png" : "jpeg")};base64,{Convert.ToBase64String(file.Bytes)}";
    }

    public void Dispose()
    {
        foreach (Lazy<Session> session in new[] { _jpeg, _png }.Where(s => s.IsValueCreated))
            session.Value.Dispose();
    }

    /// <summary>Pixels [height, width, 3], blue first, as the encoder wants them.</summary>
    internal static (byte[] Pixels, int Height, int Width) Pixels(Tensor picture, Preprocessing? preprocessing)
    {
        bool first = preprocessing?.Layout is { } layout ? layout == PictureLayout.Nchw : picture.Dims[1] is 1 or 3 || picture.Dims[3] is not (1 or 3);
        int channels = (int)picture.Dims[first ? 1 : 3], height = (int)picture.Dims[first ? 2 : 1], width = (int)picture.Dims[first ? 3 : 2];
        float[] numbers = picture.ToFloats()[..(channels * height * width)];
        bool isBytes = picture.Type == ElementType.UInt8;
        (float lowest, float highest) = (numbers.Min(), numbers.Max());
        float Shade(float x, int channel) => isBytes ? x
            : preprocessing is null ? 255 * (x - lowest) / Math.Max(highest - lowest, 1e-12f)
            : ((x * At(preprocessing.Std, channel)) + At(preprocessing.Mean, channel)) / (float)preprocessing.Scale;
        int step = (Math.Max(height, width) + LargeSide - 1) / LargeSide, rows = (height + step - 1) / step, columns = (width + step - 1) / step;
        var pixels = new byte[rows * columns * 3];
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                for (int colour = 0; colour < 3; colour++)
                {
                    // the encoder's first is blue; the model's first is red unless its preprocessing says otherwise
                    int channel = channels == 1 ? 0 : preprocessing?.Channels == ChannelOrder.Bgr ? colour : 2 - colour;
                    int at = first ? (((channel * height) + (y * step)) * width) + (x * step) : (((y * step * width) + (x * step)) * channels) + channel;
                    pixels[(((y * columns) + x) * 3) + colour] = (byte)Math.Clamp(MathF.Round(Shade(numbers[at], channel)), 0, 255);
                }
            }
        }
        return (pixels, rows, columns);
    }

    private static float At(IReadOnlyList<float> numbers, int channel) => numbers[numbers.Count == 1 ? 0 : channel];

    private static Session Open(string format) => Session.OpenWithExtensions(PictureGraph.Encoder(format), new SessionSettings(Threads: 1));
}
