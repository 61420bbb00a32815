using System.Buffers.Binary;
using System.IO.Compression;

namespace SiDT.Tests.Runtime;

/// <summary>Small PNG pictures for tests.</summary>
internal static class Png
{
    /// <summary>An RGB picture; <paramref name="pixel"/> gives red, green, blue at row, column.</summary>
    public static byte[] Bytes(int height, int width, Func<int, int, (byte R, byte G, byte B)> pixel)
    {
        var rows = new MemoryStream();
        for (int y = 0; y < height; y++)
        {
            rows.WriteByte(0); // no filter
            for (int x = 0; x < width; x++)
            {
                (byte r, byte g, byte b) = pixel(y, x);
                rows.Write([r, g, b]);
            }
        }
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(rows.ToArray());
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8; // bits
        header[9] = 2; // RGB
        return [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] data)
    {
        byte[] body = [.. name, .. data];
        var chunk = new byte[body.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        body.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(body));
        return chunk;
    }

    private static uint Crc(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        }
        return ~crc;
    }
}
