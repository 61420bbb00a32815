using SiDT.Frontend;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>Changes both sides of a cut dimension together, after a treatment has given them a start.</summary>
internal interface IRefinement
{
    /// <summary>What it does, for the report.</summary>
    string Name { get; }

    /// <summary>Below this share of the error at the next place it is not doubted.</summary>
    double Nearer { get; }

    /// <summary>What is to be observed while the dimension is whole.</summary>
    IStatistic Samples { get; }

    /// <summary>Writes new numbers into the graph.</summary>
    /// <param name="model">The model as it is.</param>
    /// <param name="gone">Classes that are silent.</param>
    /// <param name="share">The share of the stream's error that is to be made good.</param>
    /// <returns>Null if it did; else why not.</returns>
    string? Run(Model model, IReadOnlySet<int> gone, double share);
}
