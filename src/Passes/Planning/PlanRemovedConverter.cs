using System.Text.Json;
using System.Text.Json.Serialization;

namespace SiDT.Passes.Planning;

/// <summary>One group: <c>[1, 5]</c>; several: <c>[[1, 5], [0, 2]]</c>.</summary>
internal sealed class PlanRemovedConverter : JsonConverter<PlanRemoved>
{
    public override PlanRemoved Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement[] items = [.. document.RootElement.EnumerateArray()];
        if (items.Length > 0 && items[0].ValueKind == JsonValueKind.Array)
            return new PlanRemoved([.. items.Select(g => g.EnumerateArray().Select(i => i.GetInt32()).ToArray())]);
        return new PlanRemoved([[.. items.Select(i => i.GetInt32())]]);
    }

    public override void Write(Utf8JsonWriter writer, PlanRemoved value, JsonSerializerOptions options)
    {
        if (value.ByGroup.Count == 1)
        {
            JsonSerializer.Serialize(writer, value.ByGroup[0], options);
            return;
        }
        // lists that are written raw do not begin a line of their own
        string line = "\n" + new string(' ', 2 * writer.CurrentDepth);
        writer.WriteRawValue($"[{string.Join(',', value.ByGroup.Select(g => $"{line}  {NumberListConverter<int>.Text(g)}"))}{line}]", skipInputValidation: true);
    }
}
