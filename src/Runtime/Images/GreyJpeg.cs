namespace SiDT.Runtime;

/// <summary>
/// Grey JPEG pictures for the decoder, which takes every picture for one of three channels and, with one channel, writes past
/// the end of its memory.
/// </summary>
internal static class GreyJpeg
{
    private const int FrameHeader = 6;
    private const byte NoSubsampling = 0x11;

    private static readonly byte[] StartAndJfif =
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];

    /// <summary>
    /// The same picture with two channels of colour declared that have no data: JPEG decoders take absent data for neutral
    /// colour, so that red, green and blue all equal the grey. The JFIF header in front says that the first channel is the
    /// brightness.
    /// </summary>
    /// <param name="file">A JPEG file of one channel.</param>
    /// <param name="frame">Where the content of its frame header begins, behind marker and length.</param>
    public static byte[] InColour(ReadOnlySpan<byte> file, int frame)
    {
        byte id = file[frame + FrameHeader], table = file[frame + FrameHeader + 2];
        return
        [
            .. StartAndJfif,
            .. file[2..(frame - 2)],
            0, FrameHeader + 2 + 9,
            .. file.Slice(frame, FrameHeader - 1),
            3,
            id, NoSubsampling, table,
            (byte)(id + 1), NoSubsampling, table,
            (byte)(id + 2), NoSubsampling, table,
            .. file[(frame + FrameHeader + 3)..],
        ];
    }
}
