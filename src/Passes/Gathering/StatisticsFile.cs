using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using SiDT.Frontend;

namespace SiDT.Passes.Gathering;

/// <summary>Statistics in a file (<c>sidt-stats/1</c>, a safetensors file). Arrays are read when they are asked for.</summary>
public sealed class StatisticsFile : IDisposable
{
    private const int MostHeader = 100_000_000; // the limit of the format

    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, (StatisticsArray Array, long Start)> _arrays = new(StringComparer.Ordinal);

    private StatisticsFile(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        Facts = ReadHeader();
    }

    /// <summary>The path as it was given.</summary>
    public string Path { get; }

    public StatisticsFacts Facts { get; }

    /// <summary>All arrays in the order of the file.</summary>
    public IReadOnlyList<StatisticsArray> Arrays => [.. _arrays.Values.OrderBy(a => a.Start).Select(a => a.Array)];

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="ModelError">It cannot be read, or holds no statistics.</exception>
    public static StatisticsFile Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            if (Directory.Exists(path))
                throw new ModelError($"'{path}': is a folder, not a file; give the path of statistics");
            if (!File.Exists(path))
                throw new ModelError($"'{path}': there is no such file; check the path, or make statistics with 'sidtc analyze'");
            handle = File.OpenHandle(path);
            return new StatisticsFile(path, handle);
        }
        catch (Exception fault)
        {
            handle?.Dispose();
            throw fault switch
            {
                IOException or UnauthorizedAccessException => new ModelError($"'{path}': the file cannot be read ({fault.Message.TrimEnd('.')}); check its permissions"),
                FormatException or JsonException or InvalidOperationException or OverflowException or KeyNotFoundException =>
                    new ModelError($"'{path}' holds no statistics of sidtc: {Sentence(fault)}; make some with 'sidtc analyze'"),
                _ => fault,
            };
        }
    }

    /// <summary>Whether a file holds statistics.</summary>
    public static bool IsOne(string path)
    {
        try
        {
            Open(path).Dispose();
            return true;
        }
        catch (ModelError)
        {
            return false;
        }
    }

    /// <summary>The array of a name; null if there is none.</summary>
    public StatisticsArray? Find(string name) => _arrays.TryGetValue(name, out (StatisticsArray Array, long Start) found) ? found.Array : null;

    /// <summary>All numbers of an array, row-major.</summary>
    /// <exception cref="ModelError">There is no such array, or it cannot be read.</exception>
    public double[] Read(string name)
    {
        if (!_arrays.TryGetValue(name, out (StatisticsArray Array, long Start) found))
            throw new ModelError($"'{Path}' holds no '{name}'; make the statistics anew with 'sidtc analyze'");
        var numbers = new double[found.Array.Count];
        try
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(numbers.AsSpan());
            for (int done = 0, read; done < bytes.Length; done += read)
            {
                read = RandomAccess.Read(_handle, bytes[done..], found.Start + done);
                if (read == 0)
                    throw new IOException("it ends too early");
            }
        }
        catch (IOException fault)
        {
            throw new ModelError($"'{Path}': '{name}' cannot be read ({fault.Message.TrimEnd('.')})");
        }
        return numbers;
    }

    public void Dispose() => _handle.Dispose();

    private static string Sentence(Exception fault) =>
        fault is JsonException ? "its header is not understood" : string.Join(' ', fault.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');

    private StatisticsFacts ReadHeader()
    {
        long length = RandomAccess.GetLength(_handle);
        Span<byte> start = stackalloc byte[sizeof(long)];
        if (length < start.Length || RandomAccess.Read(_handle, start, 0) < start.Length)
            throw new FormatException("it is too short");
        long header = BinaryPrimitives.ReadInt64LittleEndian(start);
        if (header is < 2 or > MostHeader || header > length - start.Length)
            throw new FormatException("its header is longer than the file, or has no length");
        var text = new byte[header];
        if (RandomAccess.Read(_handle, text, start.Length) < text.Length || text[0] != '{')
            throw new FormatException("its header is not understood");
        using JsonDocument document = JsonDocument.Parse(text);
        long data = start.Length + header;
        Dictionary<string, string> metadata = [];
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            if (member.Name == "__metadata__")
                metadata = member.Value.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.GetString() ?? "");
            else
                AddArray(member, data, length);
        }
        CheckPlaces(data, length);
        return StatisticsFacts.Of(metadata);
    }

    private void AddArray(JsonProperty member, long data, long length)
    {
        if (member.Value.GetProperty("dtype").GetString() is not "F64" and var type)
            throw new FormatException($"'{member.Name}' is {type}, not F64");
        long[] shape = [.. member.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64())];
        long[] places = [.. member.Value.GetProperty("data_offsets").EnumerateArray().Select(s => s.GetInt64())];
        var array = new StatisticsArray(member.Name, shape);
        if (shape.Any(s => s < 0) || array.Count > int.MaxValue || places is not [var from, var to] || from < 0 || to - from != array.Count * sizeof(double) || to > length - data)
            throw new FormatException($"{array} does not lie in the file as its header says");
        if (!_arrays.TryAdd(member.Name, (array, data + from)))
            throw new FormatException($"'{member.Name}' is there twice");
    }

    /// <summary>Arrays lie one behind the other, without gaps, as the format asks.</summary>
    private void CheckPlaces(long data, long length)
    {
        long at = data;
        foreach ((StatisticsArray array, long start) in _arrays.Values.OrderBy(a => a.Start).ThenBy(a => a.Array.Count))
        {
            if (start != at)
                throw new FormatException($"{array} does not begin where what stands before it ends");
            at += array.Count * sizeof(double);
        }
        if (at != length)
            throw new FormatException(at < length ? "more stands behind its last array" : "it is cut off");
    }
}
