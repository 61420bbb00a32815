using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>How one picture lies in a tensor.</summary>
/// <param name="Height">Pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Channels">1, 3 or 4.</param>
/// <param name="Layout">Whether each channel lies by itself, or the channels of a pixel lie together.</param>
internal readonly record struct PictureShape(int Height, int Width, int Channels, PictureLayout Layout)
{
    private const int LeastSide = 4;

    /// <summary>Numbers of one picture.</summary>
    public int Length => Height * Width * Channels;

    /// <summary>Planes that are resampled alike: one for each channel, or one for all.</summary>
    public int Planes => Layout == PictureLayout.Nchw ? Channels : 1;

    /// <summary>Numbers of a pixel in one plane.</summary>
    public int Step => Layout == PictureLayout.Nchw ? 1 : Channels;

    /// <summary>Numbers of a row of one plane.</summary>
    public int RowLength => Width * Step;

    /// <summary>The shape of the pictures that a tensor holds along its first axis; null if it does not look like pictures.</summary>
    /// <param name="name">Name of the input: masks of attention have the shape of grey pictures.</param>
    /// <param name="type">Type of its numbers.</param>
    /// <param name="dims">Four sizes, with 1, 3 or 4 channels in front of rows and columns or behind them.</param>
    /// <param name="layout">The layout, where it is known.</param>
    public static PictureShape? Of(string name, ElementType type, long[] dims, PictureLayout? layout)
    {
        if (!type.IsFloating() || dims.Length != 4 || name.Contains("mask", StringComparison.OrdinalIgnoreCase))
            return null;
        bool first = dims[1] is 1 or 3 or 4 && layout != PictureLayout.Nhwc, last = dims[3] is 1 or 3 or 4 && layout != PictureLayout.Nchw;
        if (!first && !last)
            return null;
        PictureShape shape = first
            ? new PictureShape((int)dims[2], (int)dims[3], (int)dims[1], PictureLayout.Nchw)
            : new PictureShape((int)dims[1], (int)dims[2], (int)dims[3], PictureLayout.Nhwc);
        return shape.Height < LeastSide || shape.Width < LeastSide ? null : shape;
    }
}
