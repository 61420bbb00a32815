using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Compensation.Treatments;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>
/// Fits what reads and what writes a narrowed stream, in the order of the graph, to what the uncut network computes: readers to what they made,
/// writers to what the stream was. Only the difference is fitted, so that strong ridges leave what is there.
/// </summary>
internal sealed class StreamRefits(GraphAnalysis analysis, TokenWeights tokens, Flow teacher, Flow student, CompensationOptions options)
{
    /// <param name="readers">Products that read what is left of the stream.</param>
    /// <param name="writers">Products that are added to it.</param>
    /// <param name="gone">Classes that are silent.</param>
    /// <param name="silencing">Of the same graph.</param>
    /// <param name="lines">Places of the graph.</param>
    /// <param name="progress">Told how many products are done, of how many.</param>
    public void Run(
        IReadOnlyCollection<Consumer> readers, IReadOnlyCollection<Consumer> writers, IReadOnlySet<int> gone, Silencing silencing, Cutlines lines, Action<int, int>? progress)
    {
        Consumer[] all = [.. readers.Union(writers).OrderBy(c => lines.PositionOf(c.Node))];
        int done = 0;
        foreach (IGrouping<Value, Consumer> group in all.GroupBy(c => c.Input))
        {
            int start = group.Min(c => lines.PositionOf(c.Node));
            (Consumer Consumer, ReadMoments Moments, Residual Residual)[] fits =
                [.. group.Select(c => (c, Residual.Of(c, analysis, gone))).Where(x => x.Item2 is not null).Select(x => (x.c, new ReadMoments(x.c, analysis, tokens, x.Item2), x.Item2!))];
            progress?.Invoke(done += group.Count(), all.Length);
            if (fits.Length == 0)
                continue;
            student.Move(start, []);
            teacher.Move(start, []);
            teacher.Move(start, [.. fits.Select(f => f.Residual.Stream.Name).Distinct()]);
            Dictionary<string, string> targets = fits.DistinctBy(f => f.Residual.Original).ToDictionary(f => f.Residual.Original, f => f.Residual.Stream.Name);
            student.Observe([.. fits.Select(f => f.Moments)], (name, batch) => targets.TryGetValue(name, out string? stream) ? teacher.Read(stream, batch) : null);
            foreach ((Consumer consumer, ReadMoments moments, _) in fits)
                new ConsumerCorrection(consumer, moments).Run(consumer.Left([.. gone]), readers.Contains(consumer) ? 1 : options.Correction, options.CorrectionRidge);
            silencing.Run(gone); // what the stream has no room for
        }
    }
}
