namespace SiDT.Runtime;

/// <summary>How bytes of pictures lie before preprocessing.</summary>
/// <param name="Layout">Order of the axes.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Order">Order of three channels.</param>
internal sealed record PixelSource(PictureLayout Layout, int Channels, ChannelOrder Order)
{
    /// <summary>What the decoder returns.</summary>
    public static PixelSource Decoded { get; } = new(PictureLayout.Nhwc, 3, ChannelOrder.Bgr);
}
