using System.Text.RegularExpressions;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Reporting;

/// <summary>A block of a network and its dimensions by kind.</summary>
/// <param name="Name"><c>blocks.3</c>; of several equal blocks in a row, <c>blocks.0 … 11</c>.</param>
/// <param name="Count">Blocks that look like this.</param>
/// <param name="Dimensions">Of the first of them.</param>
public sealed partial record BlockRow(string Name, int Count, IReadOnlyList<PlanDimension> Dimensions)
{
    /// <summary>The blocks of a network in the order of their first dimension.</summary>
    /// <param name="dimensions">All dimensions.</param>
    /// <param name="merge">Whether equal blocks in a row become one.</param>
    public static IReadOnlyList<BlockRow> Of(IEnumerable<PlanDimension> dimensions, bool merge)
    {
        PlanDimension[] all = [.. dimensions];
        // Dimensions that are called by their position alone are of one block where there are equally many of several kinds.
        int[] counts = [.. all.Where(IsCounted).GroupBy(d => d.Kind).Select(g => g.Count()).Where(n => n > 1)];
        bool counted = counts.Length > 1 && counts.Distinct().Count() == 1;
        HashSet<string> lone = [.. all.Where(IsCounted).GroupBy(d => d.Kind).Where(g => !counted || g.Count() == 1).Select(g => g.Key)];
        BlockRow[] rows = [.. all.GroupBy(d => IsCounted(d) ? lone.Contains(d.Kind) ? "" : $"block {d.Id[(d.Kind.Length + 1)..]}" : BlockOf(d)).Select(g => new BlockRow(g.Key, 1, [.. g]))];
        return merge ? Merge(rows) : rows;
    }

    /// <summary>Whether the id is a kind and a number: <c>mlp.3</c>.</summary>
    private static bool IsCounted(PlanDimension dimension) =>
        dimension.Id.Length > dimension.Kind.Length + 1 && dimension.Id.StartsWith(dimension.Kind + ".", StringComparison.Ordinal) && dimension.Id.AsSpan(dimension.Kind.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>The id without its kind, up to the last number in it: <c>blocks.3</c> or, where no part is a number alone, <c>layers.encoder_layer_3</c>.</summary>
    private static string BlockOf(PlanDimension dimension)
    {
        string[] parts = KindEnding().Replace(dimension.Id, "").Split('.', StringSplitOptions.RemoveEmptyEntries);
        int last = Array.FindLastIndex(parts, p => p.All(char.IsAsciiDigit));
        if (last < 0)
            last = Array.FindLastIndex(parts, NumberedName().IsMatch);
        return string.Join('.', last < 0 ? parts : parts.Take(last + 1));
    }

    private static List<BlockRow> Merge(BlockRow[] rows)
    {
        var result = new List<BlockRow>();
        string look = "", first = "";
        foreach (BlockRow row in rows)
        {
            string own = LookOf(row);
            if (result.Count > 0 && own == look && Follows(first, result[^1].Count, row.Name))
            {
                int number = NumberIn(row.Name);
                result[^1] = result[^1] with { Name = $"{first} … {number}", Count = result[^1].Count + 1 };
                continue;
            }
            result.Add(row);
            (look, first) = (own, row.Name);
        }
        return result;
    }

    private static string LookOf(BlockRow row) =>
        string.Join('|', row.Dimensions.OrderBy(d => d.Kind, StringComparer.Ordinal).Select(d => $"{d.Kind} {d.Groups}x{d.Size}>{d.Kept} {d.Status == PlanDimension.Frozen}"));

    /// <summary>Whether a name is the first one with its last number raised.</summary>
    private static bool Follows(string first, int count, string name)
    {
        Match a = LastNumber().Match(first), b = LastNumber().Match(name);
        return a.Success && b.Success && a.Groups[1].Value == b.Groups[1].Value && NumberIn(name) == NumberIn(first) + count;
    }

    private static int NumberIn(string name) => LastNumber().Match(name) is { Success: true } match && int.TryParse(match.Groups[2].Value, out int number) ? number : -1;

    [GeneratedRegex(@"\.?(mlp|heads|qk|v|embed|conv|other)(\.\d+)?$")]
    private static partial Regex KindEnding();

    [GeneratedRegex(@"_\d+$")]
    private static partial Regex NumberedName();

    [GeneratedRegex(@"^(.*?)(\d+)$")]
    private static partial Regex LastNumber();
}
