using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Compilation;

/// <summary>From a plan's words back to the units of an analysis.</summary>
/// <param name="plan">The plan.</param>
/// <param name="name">How the user calls it.</param>
public sealed class PlanReader(Plan plan, string name)
{
    /// <summary>The units that go.</summary>
    /// <exception cref="ModelError">The plan is for another model, or asks for what the model does not have.</exception>
    public UnitSelection Select(Prepared model)
    {
        if (plan.Model.Sha256 != model.Input.Sha256)
            throw new ModelError($"'{name}' is a plan for another model ('{plan.Model.File}', not '{model.Name}' as it is now); make one with 'sidtc plan'");
        Dictionary<string, Dimension> known = model.Analysis.Dimensions.ToDictionary(d => d.Id, StringComparer.Ordinal);
        var removed = new Dictionary<Dimension, int[][]>();
        foreach (PlanDimension asked in plan.Dimensions)
        {
            if (asked.Basis != "index" && asked.Status == PlanDimension.Shrunk)
                throw Fault(asked, $"has the basis '{asked.Basis}', which cannot be applied without calibration data", "plan and prune in one run");
            if (asked.Removed.ByGroup.All(g => g.Length == 0))
                continue;
            if (!known.TryGetValue(asked.Id, out Dimension? dimension))
                throw Fault(asked, "is no dimension of the model", "'sidtc inspect' lists them");
            Check(asked, dimension);
            if (!removed.TryAdd(dimension, [.. asked.Removed.ByGroup.Select(g => g.Order().ToArray())]))
                throw Fault(asked, "stands there twice", "remove one");
        }
        return new UnitSelection(removed);
    }

    private void Check(PlanDimension asked, Dimension dimension)
    {
        IReadOnlyList<int[]> groups = asked.Removed.ByGroup;
        if (dimension.Reason is { } reason)
            throw Fault(asked, $"must stay whole ({reason})", "let its 'removed' be empty");
        if (groups.Count != dimension.Groups)
            throw Fault(asked, $"has {dimension.Groups} groups, but 'removed' has {groups.Count}", "list the removed units of each group");
        if (groups.SelectMany(g => g).Where(i => i < 0 || i >= dimension.Size).Select(i => (int?)i).FirstOrDefault() is { } outside)
            throw Fault(asked, $"has units 0 to {dimension.Size - 1}, but 'removed' names {outside}", "correct the number");
        if (groups.Any(g => g.Distinct().Count() != g.Length))
            throw Fault(asked, "removes a unit twice", "name each unit once");
        if (groups.Any(g => g.Length != groups[0].Length))
            throw Fault(asked, "removes unequally many units of its groups", "remove equally many of each");
        if (groups[0].Length == dimension.Size)
            throw Fault(asked, "would lose all its units", "keep at least one");
        if (asked.Kept != dimension.Size - groups[0].Length)
            throw Fault(asked, $"says that {asked.Kept} of {dimension.Size} units are kept, but 'removed' leaves {dimension.Size - groups[0].Length}", "correct one of them");
    }

    private ModelError Fault(PlanDimension asked, string what, string remedy) => new($"'{name}': '{asked.Id}' {what}; {remedy}");
}
