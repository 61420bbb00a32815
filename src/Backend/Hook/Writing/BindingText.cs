using System.Globalization;
using System.Text;
using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Weights;

namespace SiDT.Backend.Hook.Writing;

/// <summary><c>Bindings.cs</c>: which initializer holds which parameter, and how it lies there.</summary>
internal static class BindingText
{
    public static string Write(IReadOnlyList<(string Path, Binding Binding, Layer Layer)> tensors, string className, string nameSpace)
    {
        var text = new StringBuilder();
        text.Append("namespace ").Append(nameSpace).Append(";\n\n");
        text.Append("/// <summary>Where the numbers of <see cref=\"").Append(className).Append("\"/> are in the ONNX file.</summary>\n");
        text.Append("public static class ").Append(className).Append("Bindings\n{\n    public static readonly Binding[] All =\n    [\n");
        foreach ((string path, Binding binding, _) in tensors.OrderBy(t => t.Path, StringComparer.Ordinal))
        {
            long start = 0;
            foreach (WeightPart part in binding.Source.Parts)
            {
                text.Append("        new(").Append(Quote(path)).Append(", ").Append(Quote(part.Name));
                string steps = string.Join("; ", part.Steps);
                if (steps.Length > 0 || part.Scale is not null || binding.Source.Parts.Count > 1)
                    text.Append(", ").Append(Quote(steps));
                if (binding.Source.Parts.Count > 1)
                {
                    text.Append(CultureInfo.InvariantCulture, $", Axis: {binding.Source.Axis}, Start: {start}");
                    start += part.Size;
                }
                if (part.Scale is { } scale)
                {
                    string[] words = scale.Split('\t');
                    text.Append(CultureInfo.InvariantCulture, $", Scale: {Quote(words[0])}, Zero: {(words[1] == "-" ? "null" : Quote(words[1]))}, ScaleAxis: {words[2]}");
                }
                text.Append("),\n");
            }
        }
        text.Append("    ];\n}\n");
        return text.ToString();
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
