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
        var result = new List<FoldedBlock>();
        var run = new List<(BlockCost Cost, BlockLine[] Lines)>();
        foreach (BlockCost block in diff.Cost.Blocks)
        {
            BlockLine[] own = [.. lines[block.Name].GroupBy(l => (l.Sign, l.What)).SelectMany(Numbered).OrderBy(l => "-+~*!".IndexOf(l.Sign))];
            if (run.Count > 0 && !(Follows(run[0].Cost.Name, run.Count, block.Name) && Look(run[0].Cost, run[0].Lines) == Look(block, own)))
                Flush();
            run.Add((block, own));
        }
        Flush();
        return result;

        void Flush()
        {
            if (run.Count == 0)
                return;
            string name = run.Count == 1 ? run[0].Cost.Name : $"{run[0].Cost.Name} … {Number(run[^1].Cost.Name)}";
            BlockLine[] merged = run.Count == 1 ? run[0].Lines : [.. run[0].Lines.Select((l, i) => l with { What = Range([.. run.Select(r => r.Lines[i].What)]), Text = Range([.. run.Select(r => r.Lines[i].Text)]), Detail = Detail(l.Detail) })];
            result.Add(new FoldedBlock(name, [.. run.Select(r => r.Cost)], merged));
            run.Clear();
        }
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

    private static bool Follows(string first, int count, string name) => Stem(first) == Stem(name) && Number(name) == Number(first) + count;

    private static string Stem(string name) => LastNumber().Replace(name, "");

    private static int Number(string name) => int.TryParse(LastNumber().Match(name).Value, out int number) ? number : -1;

    [GeneratedRegex(@"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\d+$")]
    private static partial Regex LastNumber();
}
