using SiDT.Frontend;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Steps;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>Refines the two layers around a cut dimension together, after closed forms have given them a start.</summary>
internal sealed class NetRefinement(FeedForwardNet net, RowSamples samples, CompensationOptions options, SessionSettings session) : IRefinement
{
    private const int RowsOfStep = 384;

    public string Name => "steps";

    public double Nearer => Guard.Nearer;

    public IStatistic Samples => samples;

    public string? Run(Model model, IReadOnlySet<int> gone, double share)
    {
        if (!samples.IsThere)
            return "its rows cannot be observed";
        try
        {
            FeedForward cut = net.Cut(model, gone, out int[][] columns, out int[] rows);
            if (rows.Length == 0 || columns.Any(c => c.Length == 0))
                return "nothing is left of it";
            (Rows training, double[] odds) = samples.Training(share);
            var store = new RowStore(training, odds, options.Seed);
            RefinementResult result = Refinement.Run(
                cut, step => store.Draw(step, RowsOfStep), samples.HeldOut(share), new RefinementSettings(Steps: options.StepCount, Session: session));
            if (result.Improved)
                net.Write(result.Producers, result.Consumers[0], columns, rows);
            return result.Reason;
        }
        catch (RuntimeError failure)
        {
            return $"what lies between its layers does not run alone ({failure.Message})";
        }
        finally
        {
            samples.Release();
        }
    }
}
