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
        foreach (Step step in scope.Items.Select(i => i.Step).OfType<Step>())
        {
            foreach (Value output in step.Outputs)
                makers[output] = step;
        }
        foreach (Step softmax in makers.Values.Where(s => s.Kind == StepKind.Softmax).Distinct().ToArray())
        {
            Step? scores = Back(softmax.Reads.First(), makers);
            Step? mixed = makers.Values.FirstOrDefault(s => s.Kind == StepKind.Product && s.Reads.Count() == 2 && Passes(s.Reads.First(), softmax, makers));
            if (scores is null || mixed is null || scores.Reads.Count() != 2)
                continue;
            Name(scores.Reads.First(), "q", makers, names);
            Name(scores.Reads.Last(), "k", makers, names);
            Name(mixed.Reads.Last(), "v", makers, names);
            foreach (Value value in softmax.Outputs)
                names.TryAdd(value, "weights");
            names.TryAdd(scores.Outputs[0], "scores");
        }
        return names;
    }

    private static Step? Back(Value value, Dictionary<Value, Step> makers)
    {
        for (int i = 0; i < 6 && makers.TryGetValue(value, out Step? step); i++)
        {
            if (step.Kind == StepKind.Product)
                return step;
            if (!step.Reads.Any())
                return null;
            value = step.Reads.FirstOrDefault(r => makers.ContainsKey(r)) ?? step.Reads.First();
        }
        return null;
    }

    private static bool Passes(Value value, Step softmax, Dictionary<Value, Step> makers)
    {
        for (int i = 0; i < 4 && makers.TryGetValue(value, out Step? step); i++)
        {
            if (step == softmax)
                return true;
            if (step.Reads.Count() != 1)
                return false;
            value = step.Reads.First();
        }
        return false;
    }

    private static void Name(Value value, string name, Dictionary<Value, Step> makers, Dictionary<Value, string> names)
    {
        for (int i = 0; i < 8 && names.TryAdd(value, name) && makers.TryGetValue(value, out Step? step) && !step.IsArray && step.Reads.Count() == 1 && step.Kind == StepKind.Other; i++)
            value = step.Reads.First();
    }
}
