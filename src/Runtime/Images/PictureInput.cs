using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>The input of a model that pictures go into, with every size settled.</summary>
/// <param name="Port">The input.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Layout">Order of its axes.</param>
public sealed record PictureInput(Port Port, int Height, int Width, int Channels, PictureLayout Layout)
{
    private const int UsualSize = 224;

    /// <summary>Sizes of <paramref name="count"/> pictures in the model's order.</summary>
    public long[] Dims(long count) =>
        Layout == PictureLayout.Nchw ? [count, Channels, Height, Width] : [count, Height, Width, Channels];

    /// <summary>The first input that has the shape of pictures; null if there is none.</summary>
    public static Port? Find(IEnumerable<Port> ports) => ports.FirstOrDefault(IsPicture);

    /// <summary>Whether an input is a batch of pictures of one or three channels.</summary>
    public static bool IsPicture(Port port) =>
        port.Rank == 4 && (port.ElementType.IsFloating() || port.ElementType == ElementType.UInt8) &&
        (port.Dims[1] is null or 1 or 3 || port.Dims[3] is null or 1 or 3);

    /// <summary>Channels of a picture input, 3 where the model leaves them open.</summary>
    public static int ChannelsOf(Port port, PictureLayout? layout = null) => (int)(port.Dims[ChannelAxis(port, layout)] ?? 3);

    /// <summary>Settles sizes: the model's where it fixes them, else the crop's, else the resized size, else 224.</summary>
    /// <exception cref="DataError">Model and preprocessing contradict each other.</exception>
    public static PictureInput Of(Port port, Preprocessing preprocessing)
    {
        bool first = ChannelAxis(port, preprocessing.Layout) == 1;
        int rows = first ? 2 : 1;
        int height = Side(rows, preprocessing.Crop?.Height);
        int width = Side(rows + 1, preprocessing.Crop?.Width);
        int channels = ChannelsOf(port, preprocessing.Layout);
        if (channels is not (1 or 3))
            throw new DataError($"pictures cannot be fed to '{port.Name}' {port.Shape}, which has {channels} channels");
        CheckCount(preprocessing.Mean, "mean");
        CheckCount(preprocessing.Std, "std");
        return new PictureInput(port, height, width, channels, first ? PictureLayout.Nchw : PictureLayout.Nhwc);

        int Side(int axis, int? crop)
        {
            if (port.Dims[axis] is not { } size)
                return crop ?? preprocessing.Resize?.Height ?? UsualSize;
            if (crop is { } asked && asked != size)
                throw new DataError($"the preprocessing ({preprocessing.Origin}) crops to {preprocessing.Crop!.Value.Height}x{preprocessing.Crop.Value.Width}, but '{port.Name}' is {port.Shape}");
            return (int)size;
        }

        void CheckCount(IReadOnlyList<float> numbers, string what)
        {
            if (numbers.Count != 1 && numbers.Count != channels)
                throw new DataError($"the preprocessing ({preprocessing.Origin}) has {numbers.Count} numbers for {what}, but '{port.Name}' {port.Shape} has {channels} channels");
        }
    }

    private static int ChannelAxis(Port port, PictureLayout? layout)
    {
        if (layout is { } said)
            return said == PictureLayout.Nchw ? 1 : 3;
        return port.Dims[1] is not (1 or 3) && port.Dims[3] is 1 or 3 ? 3 : 1;
    }
}
