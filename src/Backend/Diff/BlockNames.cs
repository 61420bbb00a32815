using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Backend.Diff;

/// <summary>
/// Which block of a network a node belongs to, by names: the path up to a number whose nodes are enough to be a block.
/// A node that no name places belongs where the nodes before it do.
/// </summary>
internal sealed class BlockNames
{
    private const int LeastNodes = 6;

    private readonly string[] _blocks;

    public BlockNames(GraphView view)
    {
        string[][] paths = [.. view.Nodes.Select((n, i) => PathOf(view, n, i))];
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string prefix in paths.SelectMany(Prefixes))
            sizes[prefix] = sizes.GetValueOrDefault(prefix) + 1;
        // of a list of layers the entries are single operators; of a list of blocks each is many
        _blocks = [.. paths.Select(p => Prefixes(p).LastOrDefault(x => sizes[x] >= LeastNodes) ?? (p.Length > 0 ? p[0] : ""))];
        string last = "";
        for (int i = 0; i < _blocks.Length; i++)
            last = _blocks[i] = paths[i].Length > 0 ? _blocks[i] : last;
    }

    /// <summary>The block of a node.</summary>
    public string Of(int node) => _blocks[node];

    private static IEnumerable<string> Prefixes(string[] path)
    {
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i].All(char.IsAsciiDigit))
                yield return string.Join('.', path.Take(i + 1));
        }
    }

    private static string[] PathOf(GraphView view, Node node, int number)
    {
        string[] own = NamePath.Parts(node.Name);
        if (own.Length > 1)
            return own[..^1]; // the last part is the operator
        foreach (Operand operand in view.Operands[number].Where(o => o.Kind == OperandKind.Tensor && !GraphView.IsArgument(o.Value!)))
        {
            if (NamePath.Parts(operand.Value!.Name) is { Length: > 1 } parts)
                return parts[..^1];
        }
        foreach (Value? output in node.Outputs)
        {
            if (output is not null && NamePath.Parts(output.Name) is { Length: > 1 } parts)
                return parts[..^1];
        }
        return [];
    }
}
