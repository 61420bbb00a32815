using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Tests.Proof;

/// <summary>Takes half of one kind of dimension from a model, through the compiler as a library.</summary>
internal static class HalvedKind
{
    public static readonly string[] Kinds = ["mlp", "heads", "qk", "v", "embed", "conv", "other"];

    /// <param name="name">The graph's name.</param>
    /// <param name="model">A copy of its own: it is cut up.</param>
    /// <param name="kind">Of what half shall go.</param>
    /// <param name="judge">Compares the small model with something else.</param>
    public static Outcome Of(string name, Model model, string kind, Func<CompileResult, double?>? judge = null)
    {
        var options = new CompileOptions
        {
            Request = new PlanRequest { Keep = [new KeepRule(kind, 0.5)], Align = 1 },
            Session = new SessionSettings(Threads: 1),
        };
        try
        {
            CompileResult result = new Compiler(options, new StageClock()).Prune(model);
            PlanDimension[] mine = [.. result.Decision.Plan.Dimensions.Where(d => d.Kind == kind)];
            double kept = (double)mine.Sum(d => d.Kept * d.Groups) / mine.Sum(d => d.Size * d.Groups);
            string? why = string.Join("; ", mine.Where(d => d.Status != PlanDimension.Shrunk).Select(d => d.Reason).Distinct());
            bool isShrunk = mine.Any(d => d.Status == PlanDimension.Shrunk);
            return new Outcome(name, kind, isShrunk ? Verdict.Shrunk : Verdict.Whole, kept, why.Length > 0 ? why : null)
            {
                Dimensions = result.Decision.Plan.Dimensions,
                FromZeroed = judge?.Invoke(result),
            };
        }
        catch (BudgetError refusal)
        {
            return new Outcome(name, kind, Verdict.Whole, 1, Reason(refusal.Message));
        }
        catch (ProofError failure)
        {
            return new Outcome(name, kind, Verdict.Wrong, 1, failure.Message);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return new Outcome(name, kind, Verdict.Crash, 1, $"{fault.GetType().Name}: {fault.Message} {fault.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}");
        }
    }

    private static string Reason(string message)
    {
        int colon = message.IndexOf(": ", StringComparison.Ordinal);
        string reason = colon < 0 ? message : message[(colon + 2)..];
        return reason.Split("; 'sidtc inspect'")[0];
    }
}
