namespace SiDT.Passes.Compensation;

/// <summary>What compensation may do, and how strongly it trusts the statistics.</summary>
public sealed record CompensationOptions
{
    /// <summary>Whether another basis may take the place of the given one.</summary>
    public bool Rotate { get; init; } = true;

    /// <summary>Whether consumers are fitted anew.</summary>
    public bool Refit { get; init; } = true;

    /// <summary>Share g of the accumulated error that a refit tries to make good: 0 fits what the operator itself lost, 1 what the stream lost.</summary>
    public double Correction { get; init; } = 0.5;

    /// <summary>Ridge of the refit, relative to the mean of the diagonal.</summary>
    public double Ridge { get; init; } = 1e-4;

    /// <summary>Ridge of the correction, which generalises worse.</summary>
    public double CorrectionRidge { get; init; } = 1;

    /// <summary>Whether each treatment has to prove itself on samples that nothing is fitted to.</summary>
    public bool Guard { get; init; } = true;

    /// <summary>Whether feed-forward nets are refined by steps.</summary>
    public bool Steps { get; init; } = true;

    /// <summary>Steps for each net.</summary>
    public int StepCount { get; init; } = 400;

    /// <summary>Whether the last layer is fitted anew.</summary>
    public bool LastLayer { get; init; } = true;

    /// <summary>Views of each sample; null for as many as <see cref="Rows"/> are made of.</summary>
    public int? Views { get; init; }

    /// <summary>Rows to fit to: fewer samples are seen in more views.</summary>
    public int Rows { get; init; } = 512;

    public int Seed { get; init; }

    /// <summary>Defaults by how long it may take: 0 closed forms only, 1 as usual, 2 longest.</summary>
    public static CompensationOptions Of(int effort) => effort switch
    {
        0 => new CompensationOptions { Steps = false },
        2 => new CompensationOptions { StepCount = 1000, Rows = 4096 },
        _ => new CompensationOptions(),
    };

    /// <summary>Views of each of so many samples.</summary>
    public int ViewsOf(int samples) => Views ?? Math.Clamp((int)Math.Round(Rows / (double)Math.Max(1, samples)), 1, MostViews);

    // more views of the same show little that is new
    private const int MostViews = 8;
}
