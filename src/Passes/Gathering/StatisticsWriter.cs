using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SiDT.Passes.Gathering;

/// <summary>
/// Writes statistics as a safetensors file: the length of the header (8 bytes, little-endian), the header (JSON: <c>__metadata__</c>, and
/// of every array <c>dtype</c>, <c>shape</c>, <c>data_offsets</c>), then the numbers of one array after the other.
/// </summary>
public sealed class StatisticsWriter
{
    private const int Alignment = 8;

    private readonly Stream _stream;
    private readonly Queue<StatisticsArray> _open;

    /// <summary>Writes the header.</summary>
    /// <param name="stream">Where the file goes.</param>
    /// <param name="facts">What the statistics were taken of.</param>
    /// <param name="arrays">All arrays, in the order in which they will be written.</param>
    public StatisticsWriter(Stream stream, StatisticsFacts facts, IReadOnlyList<StatisticsArray> arrays)
    {
        _stream = stream;
        _open = new Queue<StatisticsArray>(arrays);
        byte[] header = Header(facts, arrays);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
    }

    /// <summary>Writes the next array.</summary>
    public void Write(ReadOnlySpan<double> numbers)
    {
        StatisticsArray array = _open.Dequeue();
        if (array.Count != numbers.Length)
            throw new InvalidOperationException($"{array} gets {numbers.Length} numbers");
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("statistics are written on little-endian machines only");
        const int Step = 1 << 20;
        for (int start = 0; start < numbers.Length; start += Step)
            _stream.Write(MemoryMarshal.AsBytes(numbers[start..Math.Min(numbers.Length, start + Step)]));
    }

    /// <summary>Says that all has been written.</summary>
    public void Finish()
    {
        if (_open.TryPeek(out StatisticsArray? missing))
            throw new InvalidOperationException($"{missing} was never written");
    }

    private static byte[] Header(StatisticsFacts facts, IReadOnlyList<StatisticsArray> arrays)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach ((string key, string value) in facts.ToMetadata())
                json.WriteString(key, value);
            json.WriteEndObject();
            long at = 0;
            foreach (StatisticsArray array in arrays)
            {
                long end = checked(at + (array.Count * sizeof(double)));
                json.WriteStartObject(array.Name);
                json.WriteString("dtype", "F64");
                json.WriteStartArray("shape");
                foreach (long size in array.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                at = end;
            }
            json.WriteEndObject();
        }
        // blanks behind the header, so that the numbers begin at a multiple of 8
        text.Write(Enumerable.Repeat((byte)' ', (int)(-text.Length & (Alignment - 1))).ToArray());
        return text.ToArray();
    }
}
