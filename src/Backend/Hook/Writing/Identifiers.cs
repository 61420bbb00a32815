using System.Globalization;
using System.Text.RegularExpressions;

namespace SiDT.Backend.Hook.Writing;

/// <summary>Names that C# takes and TorchSharp's modules leave free.</summary>
internal static partial class Identifiers
{
    private static readonly HashSet<string> s_taken = new(StringComparer.Ordinal)
    {
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate",
        "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int",
        "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private", "protected", "public",
        "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try",
        "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while", "var",
        // members of nn.Module
        "name", "handle", "training", "forward", "train", "eval", "apply", "modules", "children", "parameters", "buffers", "named_parameters", "named_buffers",
        "named_modules", "named_children", "state_dict", "load_state_dict", "save", "load", "call", "hook", "zero_grad", "cpu", "cuda", "to", "type", "GetName", "Dispose", "boxedModule",
        "functional", "torch", "nn", "args",
    };

    private static readonly HashSet<string> s_types = new(StringComparer.Ordinal)
    {
        "Tensor", "Module", "Linear", "LayerNorm", "Conv1d", "Conv2d", "BatchNorm1d", "BatchNorm2d", "GroupNorm", "Embedding", "Parameter", "ModuleList", "Sequential",
        "RmsNorm", "Device", "Scalar", "Weights", "Program", "Bindings", "Identity", "Dropout", "Math", "Enumerable", "Transformer", "Tensors", "Data", "PaddingModes", "ScalarType", "InterpolationMode",
    };

    /// <summary>A field or variable name made of <paramref name="word"/>.</summary>
    public static string Of(string word)
    {
        string name = new([.. word.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_')]);
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            name = "part" + name;
        return s_taken.Contains(name) ? name + "_" : name;
    }

    /// <summary>A class name made of <paramref name="word"/>: <c>blocks</c> are made of a <c>Block</c>.</summary>
    public static string Class(string word, bool isElement)
    {
        string name = Pascal(word);
        if (Stage().IsMatch(name))
            return "Block"; // what a stage is made of
        if (isElement && name.Length > 3 && name.EndsWith('s') && !name.EndsWith("ss", StringComparison.Ordinal))
            name = name[..^1];
        name = name switch { "Attn" => "Attention", "Ffn" => "FeedForward", "Resblock" => "Block", _ => name };
        return s_types.Contains(name) ? name + "Module" : name;
    }

    public static string Pascal(string word)
    {
        string name = string.Concat(word.Split(['_', '-', '.', ' '], StringSplitOptions.RemoveEmptyEntries).Select(w => char.ToUpper(w[0], CultureInfo.InvariantCulture) + w[1..]));
        name = new([.. name.Where(char.IsAsciiLetterOrDigit)]);
        return name.Length == 0 || char.IsAsciiDigit(name[0]) ? "Part" + name : name;
    }

    /// <summary><paramref name="name"/>, or with the first number that makes it new; taken from then on.</summary>
    public static string Unique(string name, HashSet<string> taken)
    {
        string result = name;
        for (int i = 2; !taken.Add(result); i++)
            result = char.IsAsciiDigit(name[^1]) ? $"{name}_{i}" : $"{name}{i}";
        return result;
    }

    [GeneratedRegex(@"^(Stage|Blocks?)\d+$")]
    private static partial Regex Stage();
}
