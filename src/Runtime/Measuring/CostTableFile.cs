using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Cost tables as JSON: UTF-8, stable order, no timestamps, four significant digits.</summary>
public static class CostTableFile
{
    private static readonly Dictionary<string, ElementType> s_types = Enum.GetValues<ElementType>().ToDictionary(Word, StringComparer.Ordinal);
    private static readonly Dictionary<string, WorkClass> s_classes = Enum.GetValues<WorkClass>().ToDictionary(c => c.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static string Write(CostTable table)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{{\n  \"format\": \"{CostTable.FormatName}\",\n  \"threads\": {table.Threads},\n  \"device\": \"{table.Device}\",\n  \"models\": [");
        text.AppendJoin(',', table.Models.Select(m =>
            $"\n    {{\"sha256\": \"{m.Sha256}\", \"milliseconds\": {Number(m.Milliseconds)}, \"overhead\": {Number(m.Overhead)}, \"free\": {Number(m.Free)}, \"factors\": {{{string.Join(", ", m.Factors.Select(f => $"\"{f.Key.ToString().ToLowerInvariant()}\": {Number(f.Value)}"))}}}}}"));
        text.Append(table.Models.IsEmpty ? "],\n  \"operators\": [" : "\n  ],\n  \"operators\": [");
        text.AppendJoin(',', table.Grids.Select(g =>
            $"\n    {{\"operator\": \"{g.Operator}\", \"type\": \"{Word(g.Type)}\",\n     \"sizes\": [{string.Join(", ", g.Sizes.Select(s => $"[{string.Join(", ", s)}]"))}],\n     \"microseconds\": [{string.Join(", ", g.Microseconds.Select(Number))}]}}"));
        return text.Append(table.Grids.IsEmpty ? "]\n}\n" : "\n  ]\n}\n").ToString();
    }

    /// <summary>Reads a table.</summary>
    /// <param name="text">What stands in the file.</param>
    /// <param name="path">How the user calls the file.</param>
    /// <exception cref="DataError">The text is no cost table; the sentence says where and why.</exception>
    public static CostTable Read(string text, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Word(root, "format") is not { } format)
                throw new FormatException("it has no 'format'");
            if (format != CostTable.FormatName)
                throw new FormatException($"its format is '{format}', not '{CostTable.FormatName}'");
            int threads = (int)Whole(Member(root, "threads"), "threads");
            string device = Word(root, "device") is "cpu" or "cuda" ? Word(root, "device")! : throw new FormatException("'device' is neither cpu nor cuda");
            ImmutableArray<CostGrid> grids = [.. List(Member(root, "operators"), "operators").Select(Grid)];
            if (grids.IsEmpty)
                throw new FormatException("'operators' is empty");
            return new CostTable(threads, device, grids) { Models = root.TryGetProperty("models", out JsonElement models) ? [.. List(models, "models").Select(Factors)] : [] };
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            string why = fault is JsonException { LineNumber: { } line } ? $"it cannot be read past line {line + 1}" : fault.Message.TrimEnd('.');
            throw new DataError($"'{path}' is not a table of costs ({why}); make one with 'sidtc bench --table'");
        }
    }

    private static CostGrid Grid(JsonElement entry, int index)
    {
        string where = $"operators[{index}]";
        string name = Word(entry, "operator") ?? throw new FormatException($"'{where}' has no 'operator'");
        IReadOnlyList<string> sizes = KernelKinds.Sizes(name) ?? throw new FormatException($"'{where}' is of the operator '{name}', which is none of {string.Join(", ", KernelKinds.All)}");
        if (Word(entry, "type") is not { } type || !s_types.TryGetValue(type, out ElementType element))
            throw new FormatException($"'{where}' has no known 'type'");
        ImmutableArray<ImmutableArray<long>> axes = [.. List(Member(entry, "sizes"), $"{where}.sizes").Select((a, i) => Axis(a, $"{where}.sizes[{i}]"))];
        if (axes.Length != sizes.Count)
            throw new FormatException($"'{where}.sizes' has {axes.Length} lists, but {name} has {sizes.Count} sizes ({string.Join(", ", sizes)})");
        ImmutableArray<double> times = [.. List(Member(entry, "microseconds"), $"{where}.microseconds").Select(t => Time(t, $"{where}.microseconds"))];
        long cells = axes.Aggregate(1L, (product, a) => checked(product * a.Length));
        if (times.Length != cells)
            throw new FormatException($"'{where}.microseconds' has {times.Length} numbers, but its sizes have {cells} combinations");
        return new CostGrid(name, element, axes, times);
    }

    private static CostFactors Factors(JsonElement entry, int index)
    {
        string where = $"models[{index}]";
        string sha = Word(entry, "sha256") ?? throw new FormatException($"'{where}' has no 'sha256'");
        var factors = ImmutableSortedDictionary.CreateBuilder<WorkClass, double>();
        foreach (JsonProperty factor in Member(entry, "factors").EnumerateObject())
            factors[s_classes.TryGetValue(factor.Name, out WorkClass known) ? known : throw new FormatException($"'{where}.factors' names '{factor.Name}', which is no class of work")] = Time(factor.Value, $"{where}.factors");
        return new CostFactors(sha, Time(Member(entry, "milliseconds"), $"{where}.milliseconds"), Time(Member(entry, "overhead"), $"{where}.overhead"), factors.ToImmutable()) { Free = entry.TryGetProperty("free", out JsonElement free) ? Time(free, $"{where}.free") : 0 };
    }

    private static ImmutableArray<long> Axis(JsonElement list, string where)
    {
        ImmutableArray<long> axis = [.. List(list, where).Select(s => Whole(s, where))];
        for (int i = 1; i < axis.Length; i++)
        {
            if (axis[i] <= axis[i - 1])
                throw new FormatException($"'{where}' does not ascend");
        }
        return axis.IsEmpty ? throw new FormatException($"'{where}' is empty") : axis;
    }

    private static JsonElement Member(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out JsonElement value) ? value : throw new FormatException($"'{name}' is missing");

    private static string? Word(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<JsonElement> List(JsonElement value, string where) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw new FormatException($"'{where}' is no list");

    private static long Whole(JsonElement value, string where) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number is >= 1 and <= int.MaxValue ? number : throw new FormatException($"'{where}' is not a whole number of at least 1");

    private static double Time(JsonElement value, string where) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && number >= 0 ? number : throw new FormatException($"'{where}' holds what is no time");

    private static string Word(ElementType type) => type.ToString().ToLowerInvariant();

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
