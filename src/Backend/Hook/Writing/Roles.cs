using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Structure;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Writing;

/// <summary>Query, key and value by what is done with them: softmax(q k) v.</summary>
internal static class Roles
{
    /// <summary>What values of a module are called.</summary>
    public static Dictionary<Value, string> Of(Scope scope)
    {
        var names = new Dictionary<Value, string>(ReferenceEqualityComparer.Instance);
        var makers = new Dictionary<Value, Step>(ReferenceEqualityComparer.Instance);
        Step[] steps = [.. scope.Items.Select(i => i.Step).OfType<Step>()];
        foreach (Step step in steps)
        {
            foreach (Value output in step.Outputs)
                makers[output] = step;
        }
        foreach (AttentionParts attention in AttentionParts.In(steps))
        {
            Name(attention.Query, "q", makers, names);
            Name(attention.Key, "k", makers, names);
            Name(attention.Value, "v", makers, names);
            foreach (Value value in attention.Softmax.Outputs)
                names.TryAdd(value, "weights");
            names.TryAdd(attention.Scores.Outputs[0], "scores");
        }
        return names;
    }

    private static void Name(Value value, string name, Dictionary<Value, Step> makers, Dictionary<Value, string> names)
    {
        for (int i = 0; i < 8 && names.TryAdd(value, name) && makers.TryGetValue(value, out Step? step) && !step.IsArray && step.Reads.Count() == 1 && step.Kind == StepKind.Other; i++)
            value = step.Reads.First();
    }
}
