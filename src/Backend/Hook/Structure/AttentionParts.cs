using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Structure;

/// <summary>One attention among steps: mixed = softmax(scores) v, scores = q k.</summary>
internal sealed record AttentionParts(Step Scores, Step Softmax, Step Mixed)
{
    public Value Query => Scores.Reads.First();

    public Value Key => Scores.Reads.Last();

    public Value Value => Mixed.Reads.Last();

    /// <summary>Every attention among <paramref name="steps"/>, found by what is done with the softmax.</summary>
    public static IReadOnlyList<AttentionParts> In(IReadOnlyCollection<Step> steps)
    {
        var makers = new Dictionary<Value, Step>(ReferenceEqualityComparer.Instance);
        foreach (Step step in steps)
        {
            foreach (Value output in step.Outputs)
                makers[output] = step;
        }
        var found = new List<AttentionParts>();
        foreach (Step softmax in steps.Where(s => s.Kind == StepKind.Softmax))
        {
            Step? scores = Back(softmax.Reads.First(), makers);
            Step? mixed = steps.FirstOrDefault(s => s.Kind == StepKind.Product && s.Reads.Count() == 2 && Passes(s.Reads.First(), softmax, makers));
            if (scores is not null && mixed is not null && scores.Reads.Count() == 2)
                found.Add(new AttentionParts(scores, softmax, mixed));
        }
        return found;
    }

    private static Step? Back(Value value, Dictionary<Value, Step> makers)
    {
        for (int i = 0; i < 6 && makers.TryGetValue(value, out Step? step); i++)
        {
            if (step.Kind == StepKind.Product)
                return step;
            if (!step.Reads.Any())
                return null;
            value = step.Reads.FirstOrDefault(makers.ContainsKey) ?? step.Reads.First();
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
}
