using SiDT.Frontend;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>Sums that are made inside a graph, batch by batch, and added up outside in double precision.</summary>
internal interface IStatistic
{
    /// <summary>Whether it wants the samples too that nothing is fitted to.</summary>
    bool SeesHeldOut => false;

    /// <summary>Adds what is to be observed to a part of a graph.</summary>
    void Observe(Segment segment);

    /// <summary>Adds what one batch gave.</summary>
    void Add(IReadOnlyDictionary<string, Tensor> results, int batch);
}
