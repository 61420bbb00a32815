using System.Globalization;
using System.Text;
using Google.Protobuf;
using SiDT.Frontend.Schema;
using static SiDT.Frontend.Schema.AttributeProto.Types;

namespace SiDT.Frontend.Printing;

/// <summary>The content of an attribute; long lists and tensors are cut to their sizes.</summary>
public static class AttributeText
{
    private const int MostItems = 16;

    public static string Of(AttributeProto attribute)
    {
        if (attribute.RefAttrName.Length > 0)
            return $"@{attribute.RefAttrName}";
        return attribute.Type switch
        {
            AttributeType.Float => Number(attribute.F),
            AttributeType.Int => Number(attribute.I),
            AttributeType.String => Quoted(attribute.S),
            AttributeType.Floats => List(attribute.Floats, x => Number(x)),
            AttributeType.Ints => List(attribute.Ints, x => Number(x)),
            AttributeType.Strings => List(attribute.Strings, Quoted),
            AttributeType.Tensor when attribute.T is not null => $"tensor{GraphText.Numbers(TensorContent.Read(attribute.T))}",
            AttributeType.Tensors => $"{attribute.Tensors.Count} tensors",
            AttributeType.Graphs => $"{attribute.Graphs.Count} graphs",
            AttributeType.SparseTensor when attribute.SparseTensor is not null => $"sparse[{string.Join(',', attribute.SparseTensor.Dims)}]",
            AttributeType.TypeProto => TypeText.Of(attribute.Tp),
            _ => attribute.Type.ToString().ToLowerInvariant(),
        };
    }

    /// <summary>Text in quotes; bytes that are no printable text as <c>\x00</c>.</summary>
    public static string Quoted(ByteString bytes)
    {
        string text = bytes.ToStringUtf8();
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) || c == '\uFFFD')
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static string List<T>(IReadOnlyList<T> items, Func<T, string> print) =>
        items.Count > MostItems ? $"[{string.Join(',', items.Take(MostItems).Select(print))},... {items.Count}]" : $"[{string.Join(',', items.Select(print))}]";
}
