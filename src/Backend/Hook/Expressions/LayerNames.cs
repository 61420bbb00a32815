using System.Text;
using System.Text.RegularExpressions;
using SiDT.Backend.Hook.Weights;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Expressions;

/// <summary>
/// What layers are called: by their tensors (<c>blocks.0.attn.qkv.bias</c>), else by the scope of their node
/// (<c>/blocks.0/attn/qkv/MatMul</c>); numbers that an exporter gave are no names.
/// </summary>
/// <param name="isShared">Whether a tensor of the file has several readers: exporters store equal numbers once, under the name of the first.</param>
internal sealed partial class LayerNames(Func<string, bool> isShared)
{
    /// <summary>The path of a layer.</summary>
    /// <param name="node">Where it is used.</param>
    /// <param name="tensors">Its tensors, the most telling one first.</param>
    public string[]? OfLayer(Node node, params WeightSource?[] tensors)
    {
        WeightSource[] named = [.. tensors.OfType<WeightSource>().Where(t => t.Parts.Count == 1 && Parts(t.Parts[0].Name) is { Length: > 1 })];
        if (named.FirstOrDefault(t => !isShared(t.Parts[0].Name)) is { } own)
            return Layer(own);
        if (Scope(node.Name) is { } scope)
            return scope;
        if (named.Length > 0)
            return Layer(named[0]);
        foreach (WeightSource? tensor in tensors)
        {
            if (tensor is { Parts: [var part] } && Parts(part.Name) is { Length: 1 } path && !path[0].StartsWith(node.OpType, StringComparison.OrdinalIgnoreCase))
                return path;
        }
        return null;
    }

    private static string[] Layer(WeightSource tensor)
    {
        string[] path = Parts(tensor.Parts[0].Name)!;
        return path[^1] is "weight" or "bias" or "kernel" or "scale" or "gamma" or "beta" or "running_mean" or "running_var" ? path[..^1] : path;
    }

    /// <summary>The module that a node is in, by the node's name; null where that says none.</summary>
    internal static string[]? Scope(string name)
    {
        if (Parts(name) is not { } parts)
            return null;
        // a name made of that of a value has lost its operator already
        bool isOutput = OutputSuffix().IsMatch(name) && Parts(OutputSuffix().Replace(name, "")) is { } whole && whole.Length > parts.Length;
        return isOutput ? parts : parts.Length > 1 ? parts[..^1] : null;
    }

    /// <summary>The path of a parameter or buffer.</summary>
    public string[]? OfTensor(Value value, WeightSource source, Translation translation)
    {
        _ = translation;
        if (source.Parts is [var part] && Parts(part.Name) is { } path && !path[^1].StartsWith("Constant", StringComparison.Ordinal))
            return OutputSuffix().IsMatch(part.Name) ? [.. path, "table"] : path; // of a Constant node, the scope is all that is said
        return value.Uses.Count > 0 && Scope(value.Uses[0].Node.Name) is { } scope ? [.. scope, "table"] : null;
    }

    /// <summary>Module names in a name of the file; null where it holds none.</summary>
    internal static string[]? Parts(string name)
    {
        if (name.Length == 0 || name.StartsWith("onnx::", StringComparison.Ordinal) || !name.Any(char.IsLetter))
            return null;
        string trimmed = OutputSuffix().Replace(name, "");
        bool isOutput = trimmed.Length < name.Length;
        trimmed = MadeSuffix().Replace(trimmed, "");
        var parts = new List<string>();
        // '/layers/layers.1/layers.1.0/attn': each name says those before it again
        string[] scopes = trimmed.Split('/', StringSplitOptions.RemoveEmptyEntries);
        trimmed = string.Join('/', scopes.Where((s, i) => i + 1 == scopes.Length || !scopes[i + 1].StartsWith(s + ".", StringComparison.Ordinal)));
        foreach (string word in trimmed.Split(['/', '.', ':', '|', ' ', '\\'], StringSplitOptions.RemoveEmptyEntries))
        {
            string clean = Clean(word);
            if (clean.Length == 0)
                continue;
            // '/blocks/blocks.0/attn' says 'blocks' twice
            if (parts.Count > 0 && parts[^1] == clean && !char.IsDigit(clean[0]))
                continue;
            parts.Add(clean);
        }
        // the output of a node is named after its operator, which is no name of a layer
        if (isOutput && parts.Count > 1 && char.IsUpper(parts[^1][0]))
            parts.RemoveAt(parts.Count - 1);
        return parts.Count == 0 || (parts.Count == 1 && Numbered().IsMatch(parts[0])) ? null : [.. parts];
    }

    private static string Clean(string word)
    {
        var text = new StringBuilder(word.Length);
        foreach (char c in word)
        {
            if (char.IsAsciiLetterOrDigit(c) || c == '_')
                text.Append(c);
            else if (text.Length > 0 && text[^1] != '_')
                text.Append('_');
        }
        return text.ToString().Trim('_');
    }

    [GeneratedRegex(@"_output_\d+.*$")]
    private static partial Regex OutputSuffix();

    // what cutting and folding add to the name of a tensor that they made from another
    [GeneratedRegex(@"(_(part|own)(_\d+)*|(?<=[./](weight|bias))_\d+)+$")]
    private static partial Regex MadeSuffix();

    [GeneratedRegex(@"^([A-Z][A-Za-z]+|t|v|x|node|val|tensor|const)?_?\d+$")]
    private static partial Regex Numbered();
}
