using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SiDT.Passes.Planning;

/// <summary>Whole numbers on one line, in JSON that is indented elsewhere: <c>[1, 5, 6]</c>.</summary>
internal sealed class NumberListConverter<T> : JsonConverter<T[]>
    where T : struct, IBinaryInteger<T>
{
    public override T[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();
        var numbers = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number != long.CreateChecked(T.CreateTruncating(number)))
                throw new JsonException();
            numbers.Add(T.CreateChecked(number));
        }
        return [.. numbers];
    }

    public override void Write(Utf8JsonWriter writer, T[] value, JsonSerializerOptions options) => writer.WriteRawValue(Text(value), skipInputValidation: true);

    internal static string Text(T[] numbers)
    {
        var text = new StringBuilder("[");
        foreach (T number in numbers)
            text.Append(text.Length > 1 ? ", " : "").Append(number.ToString(null, CultureInfo.InvariantCulture));
        return text.Append(']').ToString();
    }
}
