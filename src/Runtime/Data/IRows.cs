using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Samples that can be read by number; in rising order they are cheapest.</summary>
internal interface IRows
{
    int Count { get; }

    /// <summary>The class of each sample, or null.</summary>
    IReadOnlyList<long>? Labels { get; }

    /// <summary>The batch size that the model fixes; null if it leaves it open.</summary>
    int? FixedBatch { get; }

    /// <summary>Inputs whose array all samples share.</summary>
    IReadOnlyCollection<string> Shared => [];

    /// <summary>Starts a pass from the first sample on.</summary>
    IRowReader Open();
}

/// <summary>One pass over samples; holds files and sessions open until it is disposed of.</summary>
internal interface IRowReader : IDisposable
{
    /// <summary>Feeds that hold <paramref name="rows"/>.</summary>
    IReadOnlyDictionary<string, Tensor> Read(IReadOnlyList<int> rows);
}
