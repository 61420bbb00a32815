namespace SiDT.Runtime;

/// <summary>How well one model does on data, alone and next to the first model.</summary>
public sealed record ModelScore
{
    /// <summary>What the caller calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Samples seen.</summary>
    public required int Count { get; init; }

    /// <summary>Share of samples whose class is the largest logit; null without labels or without logits.</summary>
    public double? Top1 { get; init; }

    /// <summary>Share of samples whose class is among the five largest logits; null without labels or with five classes or fewer.</summary>
    public double? Top5 { get; init; }

    /// <summary>Share of samples for which it says what the first model says; null without logits.</summary>
    public double? Agreement { get; init; }

    /// <summary>Mean cosine between its logits and the first model's, each less its mean over the classes; null without logits.</summary>
    public double? Cosine { get; init; }

    /// <summary>Samples that it has right and the first model wrong; null without labels.</summary>
    public int? Gained { get; init; }

    /// <summary>Samples that it has wrong and the first model right; null without labels.</summary>
    public int? Lost { get; init; }

    /// <summary>For each output that both models have: sum |a - b|^2 / sum |b|^2 over all samples, b being the first model's.</summary>
    public required IReadOnlyDictionary<string, double> RelativeErrors { get; init; }

    /// <summary>The same, each output less its mean over its last axis: what a softmax, or a comparison of classes, sees of it.</summary>
    public required IReadOnlyDictionary<string, double> CentredErrors { get; init; }
}
