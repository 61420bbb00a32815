using System.Text;
using System.Text.RegularExpressions;

namespace SiDT.Backend.Diff;

/// <summary>One change of one block, without the block's name in it.</summary>
/// <param name="Sign"><c>+</c> new, <c>-</c> gone, <c>~</c> other sizes, <c>*</c> other numbers, <c>!</c> other arguments or operands.</param>
/// <param name="What">A tensor, or an operator.</param>
/// <param name="Text">What is different.</param>
/// <param name="Detail">What is worth saying of one block alone.</param>
public sealed record BlockLine(char Sign, string What, string Text, string Detail = "");

/// <param name="Name"><c>blocks.3</c>; of several that changed alike, <c>blocks.0 … 11</c>.</param>
/// <param name="Blocks">Their costs.</param>
/// <param name="Lines">Their changes; numbers that are not the same in all are ranges.</param>
public sealed record FoldedBlock(string Name, IReadOnlyList<BlockCost> Blocks, IReadOnlyList<BlockLine> Lines);

/// <summary>Blocks that changed alike, told once.</summary>
public static partial class BlockFolding
{
    /// <summary>All blocks in order; changed alike are those whose changes differ in numbers alone.</summary>
    public static IReadOnlyList<FoldedBlock> Of(ModelDiff diff)
    {
        ILookup<string, BlockLine> lines = Lines(diff).ToLookup(l => l.Block, l => l.Line, StringComparer.Ordinal);
        var groups = new List<List<(BlockCost Cost, BlockLine[] Lines)>>();
        var known = new Dictionary<(string Stem, string Look), List<(BlockCost, BlockLine[])>>();
        foreach (BlockCost block in diff.Cost.Blocks)
        {
            BlockLine[] own = [.. lines[block.Name].GroupBy(l => (l.Sign, l.What)).SelectMany(Numbered).OrderBy(l => "-+~*!".IndexOf(l.Sign))];
            // what comes in turns, as windows do, is told once, too
            if (Number(block.Name) < 0 || !known.TryGetValue((Stem(block.Name), Look(block, own)), out List<(BlockCost, BlockLine[])>? group))
                groups.Add(known[(Stem(block.Name), Look(block, own))] = group = []);
            group.Add((block, own));
        }
        return [.. groups.Select(Folded)];
    }

    private static FoldedBlock Folded(List<(BlockCost Cost, BlockLine[] Lines)> alike)
    {
        (BlockCost first, BlockLine[] lines) = alike[0];
        if (alike.Count == 1)
            return new FoldedBlock(first.Name, [first], lines);
        string name = Stem(first.Name) + Listed([.. alike.Select(b => Number(b.Cost.Name))]);
        return new FoldedBlock(name, [.. alike.Select(b => b.Cost)], [.. lines.Select((l, i) => l with { What = Range([.. alike.Select(b => b.Lines[i].What)]), Text = Range([.. alike.Select(b => b.Lines[i].Text)]), Detail = Detail(l.Detail) })]);
    }

    /// <summary>Ascending numbers in few words: <c>0 … 7</c>, <c>0, 2, … 64</c>, <c>0 … 3, 8, 9</c>.</summary>
    internal static string Listed(IReadOnlyList<int> numbers)
    {
        int step = numbers.Count < 2 ? 1 : numbers[1] - numbers[0];
        if (step > 1 && numbers.Count > 3 && Enumerable.Range(1, numbers.Count - 1).All(i => numbers[i] - numbers[i - 1] == step))
            return $"{numbers[0]}, {numbers[1]}, … {numbers[^1]}";
        var parts = new List<string>();
        for (int start = 0, end; start < numbers.Count; start = end)
        {
            for (end = start + 1; end < numbers.Count && numbers[end] == numbers[end - 1] + 1;)
                end++;
            parts.Add(end - start > 1 ? $"{numbers[start]} … {numbers[end - 1]}" : $"{numbers[start]}");
        }
        return string.Join(", ", parts);
    }

    /// <summary>Texts that differ in numbers alone as one, with ranges: <c>[96,200–240]</c>.</summary>
    public static string Range(IReadOnlyList<string> texts)
    {
        if (texts.Distinct(StringComparer.Ordinal).Count() == 1)
            return texts[0];
        if (texts.Select(Skeleton).Distinct(StringComparer.Ordinal).Count() > 1)
            return $"{texts[0]}, …";
        double[][] numbers = [.. texts.Select(t => Numbers().Matches(t).Select(m => double.Parse(m.Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];
        var merged = new StringBuilder();
        string[] between = Numbers().Split(texts[0]);
        for (int i = 0; i < between.Length; i++)
        {
            merged.Append(between[i]);
            if (i >= numbers[0].Length)
                continue;
            double low = numbers.Min(n => n[i]), high = numbers.Max(n => n[i]);
            merged.Append(low == high ? FormattableString.Invariant($"{low:G6}") : FormattableString.Invariant($"{low:G4}–{high:G4}"));
        }
        return merged.ToString();
    }

    private static IEnumerable<(string Block, BlockLine Line)> Lines(ModelDiff diff)
    {
        foreach (NodeRef node in diff.Nodes.Removed)
            yield return (node.Block, new BlockLine('-', node.Op, "", node.Name));
        foreach (NodeRef node in diff.Nodes.Added)
            yield return (node.Block, new BlockLine('+', node.Op, "", node.Name));
        foreach (TensorRef tensor in diff.Tensors.Removed)
            yield return (tensor.Block, new BlockLine('-', Short(tensor.Name, tensor.Block), $"{Dims(tensor.Dims)} {tensor.Type}"));
        foreach (TensorRef tensor in diff.Tensors.Added)
            yield return (tensor.Block, new BlockLine('+', Short(tensor.Name, tensor.Block), $"{Dims(tensor.Dims)} {tensor.Type}", tensor.PartOf is null ? "" : $"{PartOf}{tensor.PartOf}"));
        foreach (TensorResize tensor in diff.Tensors.Resized)
            yield return (tensor.Block, new BlockLine('~', Short(tensor.Name, tensor.Block), $"{Dims(tensor.From)} → {Dims(tensor.To)}", Removed(tensor)));
        foreach (TensorRetype tensor in diff.Tensors.Retyped)
            yield return (tensor.Block, new BlockLine('~', Short(tensor.Name, tensor.Block), $"{tensor.From} → {tensor.To}"));
        foreach (TensorValues tensor in diff.Tensors.Changed)
            yield return (tensor.Block, new BlockLine('*', Short(tensor.Name, tensor.Block), FormattableString.Invariant($"{Dims(tensor.Dims)} max |Δ| {tensor.MaxAbs:G3}, relative {tensor.Relative:0.0000}, cosine {tensor.Cosine:0.0000}")));
        foreach (NodeChange node in diff.Nodes.Changed)
        {
            foreach (FieldChange field in node.Attributes.Concat(node.Operands))
                yield return (node.Block, new BlockLine('!', $"{node.Op} {field.Field}", $"{field.From ?? "—"} → {field.To ?? "—"}", node.Name));
        }
    }

    private const string PartOf = "part of ";

    // what a new constant is part of is true of all blocks alike, but for numbers; which indices went is not
    private static string Detail(string detail) => detail.StartsWith(PartOf, StringComparison.Ordinal) ? $"{PartOf}one of the other model" : "";

    private static string Removed(TensorResize tensor) => string.Join(", ", tensor.Axes.Where(a => a.Removed is not null).Select(a => $"axis {a.Axis} without {Preview(a.Removed!)}"));

    private static string Preview(int[] indices) => indices.Length <= 6 ? string.Join(' ', indices) : $"{string.Join(' ', indices.Take(5))} … {indices[^1]}";

    private static string Dims(long[] dims) => $"[{string.Join(',', dims)}]";

    /// <summary>Several changes of one kind to one thing: counted where there is nothing else to say of them.</summary>
    private static IEnumerable<BlockLine> Numbered(IGrouping<(char Sign, string What), BlockLine> group)
    {
        BlockLine[] all = [.. group];
        if (all.Length == 1)
            return all;
        return all.GroupBy(l => Skeleton(l.Text)).Select(g => g.Count() == 1 ? g.First() : g.First() with { What = $"{group.Key.What} ×{g.Count()}", Text = Range([.. g.Select(l => l.Text)]), Detail = "" });
    }

    private static string Short(string name, string block) => block.Length > 0 && name.StartsWith(block + ".", StringComparison.Ordinal) ? name[(block.Length + 1)..] : name;

    private static string Look(BlockCost cost, BlockLine[] lines) =>
        $"{string.Join(',', cost.Nodes)} {cost.Parameters[0]} {cost.Macs[0]} {string.Join('\n', lines.Select(l => $"{l.Sign} {Skeleton(l.What)} {Skeleton(l.Text)}"))}";

    private static string Skeleton(string text) => Numbers().Replace(text, "#");

    private static string Stem(string name) => LastNumber().Replace(name, "");

    private static int Number(string name) => int.TryParse(LastNumber().Match(name).Value, out int number) ? number : -1;

    [GeneratedRegex(@"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\d+$")]
    private static partial Regex LastNumber();
}
