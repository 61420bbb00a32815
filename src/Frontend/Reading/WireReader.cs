using SiDT.Frontend.Storage;

namespace SiDT.Frontend.Reading;

/// <summary>How a field is laid out on the wire.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Group = 3,
    EndGroup = 4,
    Fixed32 = 5,
}

/// <summary>One field: its number, and where its tag, its content and its end are in the file.</summary>
internal readonly record struct WireField(int Number, WireType Type, long Start, long Content, long End)
{
    public long Length => End - Content;
}

/// <summary>Walks the fields of one protobuf message inside a mapped file, without looking into them.</summary>
internal ref struct WireReader(MappedFile file, long start, long end)
{
    private const int DeepestGroup = 100;

    private long _at = start;

    /// <summary>The next field; false at the end of the message.</summary>
    /// <exception cref="WireFault">The message is cut off or is no protobuf.</exception>
    public bool Next(out WireField field)
    {
        field = default;
        if (_at >= end)
            return false;
        long begin = _at;
        (int number, WireType type) = Tag();
        if (type == WireType.EndGroup)
            throw new WireFault($"a group ends at byte {begin} that never began");
        long content = Skip(number, type);
        field = new WireField(number, type, begin, content, _at);
        return true;
    }

    /// <summary>Passes over the content of a field and says where it began.</summary>
    private long Skip(int number, WireType type)
    {
        long content = _at;
        switch (type)
        {
            case WireType.Varint:
                Varint();
                return content;
            case WireType.Fixed64:
                Advance(8, number);
                return content;
            case WireType.Fixed32:
                Advance(4, number);
                return content;
            case WireType.Bytes:
                ulong length = Varint();
                content = _at;
                Advance(length, number);
                return content;
            case WireType.Group:
                SkipGroup(number);
                return content;
            default:
                throw new WireFault($"byte {_at - 1} starts no field");
        }
    }

    private void SkipGroup(int outer)
    {
        var open = new Stack<int>();
        open.Push(outer);
        while (open.Count > 0)
        {
            (int number, WireType type) = Tag();
            if (type == WireType.Group)
            {
                if (open.Count >= DeepestGroup)
                    throw new WireFault($"groups are nested too deeply at byte {_at}");
                open.Push(number);
            }
            else if (type != WireType.EndGroup)
            {
                Skip(number, type);
            }
            else if (open.Pop() != number)
            {
                throw new WireFault($"the wrong group ends at byte {_at}");
            }
        }
    }

    private (int Number, WireType Type) Tag()
    {
        long begin = _at;
        ulong tag = Varint();
        if (tag > uint.MaxValue || tag >> 3 == 0)
            throw new WireFault($"byte {begin} starts no field");
        return ((int)(tag >> 3), (WireType)(tag & 7));
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_at >= end)
                throw new WireFault($"a number is cut off at byte {_at}");
            byte next = file.Span(_at++, 1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw new WireFault($"a number before byte {_at} is too long");
    }

    private void Advance(ulong length, int number)
    {
        if (length > (ulong)(end - _at))
            throw new WireFault($"field {number} at byte {_at} says that {length} bytes follow, and {end - _at} are left");
        _at += (long)length;
    }
}
