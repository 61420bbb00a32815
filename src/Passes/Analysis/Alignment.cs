namespace SiDT.Passes.Analysis;

/// <summary>
/// Two operands lie on the same positions: what is cut from one must be cut from the other.
/// Arrays over the same factors unite label by label; an array over more factors than its counterpart gets rows;
/// an array whose counterpart has positions that no weight owns stays.
/// </summary>
internal sealed class Alignment(LabelTable labels)
{
    /// <summary>
    /// Unites the arrays of two operands and returns those of the result.
    /// <paramref name="leftExtent"/> and <paramref name="rightExtent"/> are the factors along which an operand really has positions.
    /// </summary>
    public List<LabelArray> Unite(
        IReadOnlyList<LabelArray> left, IReadOnlySet<Factor> leftExtent, IReadOnlyList<LabelArray> right, IReadOnlySet<Factor> rightExtent, string reason)
    {
        List<LabelArray> a = Project(left, rightExtent), b = Project(right, leftExtent);
        foreach (LabelArray x in a)
        {
            if (b.FirstOrDefault(y => y.SameFactors(x.Over)) is { } same)
                UniteEach(x, same.Reordered(x.Over), reason);
        }
        Cover(a, b, reason);
        Cover(b, a, reason);
        var result = new List<LabelArray>(left);
        foreach (LabelArray y in right)
        {
            if (!result.Any(x => x.SameFactors(y.Over)))
                result.Add(y);
        }
        return result;
    }

    // rows over the factors the other side has too
    private List<LabelArray> Project(IReadOnlyList<LabelArray> arrays, IReadOnlySet<Factor> extent)
    {
        var result = new List<LabelArray>();
        foreach (LabelArray array in arrays)
        {
            Factor[] shared = [.. array.Over.Where(extent.Contains)];
            if (shared.Length == 0)
                continue;
            LabelArray projected = labels.Rows(array, shared);
            if (result.FirstOrDefault(r => r.SameFactors(shared)) is { } known)
                UniteEach(known, projected.Reordered(known.Over), "");
            else
                result.Add(projected);
        }
        return result;
    }

    private void Cover(List<LabelArray> mine, List<LabelArray> others, string reason)
    {
        foreach (LabelArray x in mine)
        {
            if (others.Any(y => y.SameFactors(x.Over)))
                continue;
            bool realised = false;
            foreach (LabelArray wider in others.Where(y => y.Over.Count > x.Over.Count && x.Over.All(y.Over.Contains)))
            {
                UniteEach(labels.Rows(wider, x.Over), x, reason);
                realised = true;
            }
            if (realised)
                continue;
            LabelArray[] narrower = [.. others.Where(y => y.Over.Count < x.Over.Count && y.Over.All(x.Over.Contains))];
            foreach (LabelArray y in narrower)
                UniteEach(labels.Rows(x, y.Over), y, reason);
            if (narrower.Length == 0)
            {
                labels.Freeze(x.Labels, reason);
                labels.Mark(x.Labels, Usage.Unowned);
            }
            else if (!x.Over.All(f => narrower.Any(y => y.Over.Contains(f))))
                labels.Fix(x.Labels);
        }
    }

    private void UniteEach(LabelArray x, LabelArray y, string reason)
    {
        for (int i = 0; i < x.Labels.Length; i++)
            labels.Unite(x.Labels[i], y.Labels[i], reason);
    }
}
