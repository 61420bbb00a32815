namespace SiDT.Passes.Analysis;

/// <summary>Names of weights and nodes as paths through the network that was exported.</summary>
public static class NamePath
{
    /// <summary>The parts of a path, each once where an exporter repeats it: <c>/blocks/blocks.3/attn/MatMul</c> is <c>blocks 3 attn MatMul</c>.</summary>
    public static string[] Parts(string name)
    {
        var parts = new List<string>();
        foreach (string part in name.Split(['/', '.', ':'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (parts.Count == 0 || parts[^1] != part || part.All(char.IsAsciiDigit))
                parts.Add(part);
        }
        return [.. parts];
    }

    /// <summary>Whether a name says where in the network it belongs.</summary>
    public static bool HasPlace(string name) => name.AsSpan().ContainsAny('.', '/');
}
