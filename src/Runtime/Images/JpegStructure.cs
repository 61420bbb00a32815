using System.Buffers.Binary;

namespace SiDT.Runtime;

/// <summary>
/// Walks the segments of a JPEG file before the decoder sees it. The decoder's library ends the process at a header it does
/// not understand and waits for ever for the rest of a file that is cut off; what passes here, it decodes.
/// </summary>
internal ref struct JpegStructure
{
    private const int StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA;

    private readonly ReadOnlySpan<byte> _file;
    private int _position;
    private int _quantTables, _dcTables, _acTables; // a bit for each that is defined
    private byte[]? _frame; // the components: id, sampling, table
    private bool _progressive;
    private bool _scanned;
    private int _greyFrame = -1;

    private JpegStructure(ReadOnlySpan<byte> file) => _file = file;

    /// <summary>What is wrong with the file, in a few words; null if the decoder can have it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="greyFrame">Where the content of the frame header begins if the picture has but one channel; else -1.</param>
    public static string? Fault(ReadOnlySpan<byte> file, out int greyFrame)
    {
        greyFrame = -1;
        var structure = new JpegStructure(file) { _position = 2 };
        try
        {
            string? fault = structure.Walk();
            greyFrame = structure._greyFrame;
            return fault;
        }
        catch (ArgumentOutOfRangeException)
        {
            return "is damaged"; // a segment is shorter than what it should hold
        }
        catch (IndexOutOfRangeException)
        {
            return "is damaged";
        }
    }

    private string? Walk()
    {
        while (NextMarker() is { } marker)
        {
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
                continue; // markers without content
            if (marker == EndOfImage)
                return _scanned ? null : "holds no picture";
            if (marker == StartOfImage || marker is >= 0x02 and < 0xC0 or >= 0xF0 and < 0xFE or 0xC8 or 0xDE or 0xDF)
                return "is damaged";
            if (_position + 2 > _file.Length)
                break;
            int length = BinaryPrimitives.ReadUInt16BigEndian(_file[_position..]);
            if (length < 2)
                return "is damaged";
            if (_position + length > _file.Length)
                break;
            ReadOnlySpan<byte> content = _file.Slice(_position + 2, length - 2);
            _position += length;
            if (Segment(marker, content) is { } fault)
                return fault;
        }
        return "is cut off";
    }

    private string? Segment(int marker, ReadOnlySpan<byte> content)
    {
        switch (marker)
        {
            case 0xC0 or 0xC1 or 0xC2:
                _progressive = marker == 0xC2;
                return Frame(content);
            case 0xC4:
                return HuffmanTables(content) ? null : "is damaged";
            case 0xDB:
                return QuantTables(content) ? null : "is damaged";
            case 0xDD:
                return content.Length == 2 ? null : "is damaged";
            case StartOfScan:
                _scanned = true;
                return Scan(content) ? null : "is damaged";
            case >= 0xC3 and <= 0xCF:
                return "is of a kind that is not read (arithmetic, lossless or hierarchical coding)";
            default:
                return null; // application data, comments
        }
    }

    private string? Frame(ReadOnlySpan<byte> content)
    {
        int components = content[5];
        int height = BinaryPrimitives.ReadUInt16BigEndian(content[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(content[3..]);
        if (_frame is not null || height == 0 || width == 0 || content.Length != 6 + (3 * components))
            return "is damaged";
        if ((long)height * width > PicturePipeline.MostPixels || height > 65500 || width > 65500)
            return $"has {width}x{height} pixels, too many to be read";
        if (content[0] != 8)
            return $"has {content[0]} bits a channel; only 8 are read";
        if (components is not (1 or 3))
            return $"has {components} channels (CMYK?); convert it to RGB";
        _frame = content[6..].ToArray();
        if (components == 1)
            _greyFrame = _position - content.Length;
        int tallest = 1, widest = 1;
        for (int i = 0; i < components; i++)
        {
            (int wide, int tall) = (_frame[(3 * i) + 1] >> 4, _frame[(3 * i) + 1] & 15);
            if (wide is < 1 or > 4 || tall is < 1 or > 4 || _frame[(3 * i) + 2] > 3)
                return "is damaged";
            (widest, tallest) = (Math.Max(widest, wide), Math.Max(tallest, tall));
        }
        for (int i = 0; i < components; i++)
        {
            if (widest % (_frame[(3 * i) + 1] >> 4) != 0 || tallest % (_frame[(3 * i) + 1] & 15) != 0)
                return "has an unusual subsampling that is not read";
        }
        return null;
    }

    private bool HuffmanTables(ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            int kind = content[0] >> 4, index = content[0] & 15;
            int codes = 0, used = 0;
            for (int bits = 1; bits <= 16; bits++)
            {
                codes += content[bits];
                used = (used << 1) + content[bits];
                if (used > 1 << bits)
                    return false; // more codes than bits
            }
            if (kind > 1 || index > 3 || codes > 256 || codes > content.Length - 17)
                return false;
            foreach (byte symbol in content.Slice(17, codes))
            {
                if (kind == 0 && symbol > 15)
                    return false;
            }
            if (kind == 0)
                _dcTables |= 1 << index;
            else
                _acTables |= 1 << index;
            content = content[(17 + codes)..];
        }
        return true;
    }

    private bool QuantTables(ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            int size = content[0] >> 4 == 0 ? 64 : 128, index = content[0] & 15;
            if (index > 3)
                return false;
            _quantTables |= 1 << index;
            content = content[(1 + size)..];
        }
        return true;
    }

    private bool Scan(ReadOnlySpan<byte> content)
    {
        int components = content[0];
        if (_frame is null || components is < 1 or > 3 || content.Length != 4 + (2 * components))
            return false;
        int from = content[^3], to = content[^2], high = content[^1] >> 4, low = content[^1] & 15;
        if (_progressive && (to > 63 || from > to || (from == 0) != (to == 0) || (from > 0 && components > 1) || low > 13 || (high > 0 && low != high - 1)))
            return false;
        bool usesDc = !_progressive || (from == 0 && high == 0);
        bool usesAc = !_progressive || from > 0;
        int blocks = 0;
        for (int i = 0; i < components; i++)
        {
            int component = Component(content[1 + (2 * i)]);
            (int dc, int ac) = (content[2 + (2 * i)] >> 4, content[2 + (2 * i)] & 15);
            if (component < 0 || dc > 3 || ac > 3 || (_quantTables >> _frame[component + 2] & 1) == 0)
                return false;
            if ((usesDc && (_dcTables >> dc & 1) == 0) || (usesAc && (_acTables >> ac & 1) == 0))
                return false;
            blocks += (_frame[component + 1] >> 4) * (_frame[component + 1] & 15);
        }
        return components == 1 || blocks <= 10;
    }

    /// <summary>Where in the frame a component's entry begins; -1 if there is none of that name.</summary>
    private readonly int Component(byte id)
    {
        for (int i = 0; i < _frame!.Length; i += 3)
        {
            if (_frame[i] == id)
                return i;
        }
        return -1;
    }

    /// <summary>Skips coded data and fill bytes up to behind the next marker; null at the end of the file.</summary>
    private int? NextMarker()
    {
        while (_position + 1 < _file.Length)
        {
            if (_file[_position++] == 0xFF && _file[_position] is not (0 or 0xFF))
                return _file[_position++];
        }
        return null;
    }
}
