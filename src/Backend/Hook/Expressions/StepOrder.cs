using SiDT.Frontend;

namespace SiDT.Backend.Hook.Expressions;

/// <summary>
/// The order in which a person writes steps: that of the graph, but what only prepares a value for a single reader (a part of it, another
/// layout) stands right before that reader, also where an exporter wrote it long before.
/// </summary>
internal static class StepOrder
{
    /// <summary>The steps, each behind what it reads.</summary>
    public static IReadOnlyList<Step> Late(IReadOnlyList<Step> steps, Func<Value, bool> isLeaf)
    {
        var readers = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        foreach (Value read in steps.SelectMany(s => s.Reads.Distinct()))
            readers[read] = readers.GetValueOrDefault(read) + 1;
        var late = new Dictionary<Value, Step>(ReferenceEqualityComparer.Instance);
        foreach (Step step in steps)
        {
            if (!step.IsArray && step.Outputs is [{ IsOutput: false } output] && !step.Layers.Any() && readers.GetValueOrDefault(output) == 1 && step.Reads.Where(r => !isLeaf(r)).Distinct().Count() <= 1)
                late[output] = step;
        }
        var result = new List<Step>(steps.Count);
        foreach (Step step in steps)
        {
            if (!late.ContainsKey(step.Outputs[0]))
                Add(step, late, result);
        }
        return result;
    }

    private static void Add(Step step, Dictionary<Value, Step> late, List<Step> result)
    {
        foreach (Value read in step.Reads.Distinct())
        {
            if (late.TryGetValue(read, out Step? before))
                Add(before, late, result);
        }
        result.Add(step);
    }
}
