using SiDT.Frontend;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>What a value is to the row x it is computed from: m = mean(x), v = mean((x - m)²), s = mean(x²), r = 1 / sqrt(v + e) or 1 / sqrt(s + e).</summary>
internal enum NormKind
{
    /// <summary>m</summary>
    Mean,

    /// <summary>x - m</summary>
    Centred,

    /// <summary>(x - m)², or x² where not centred</summary>
    Squares,

    /// <summary>m²</summary>
    MeanSquared,

    /// <summary>v or s</summary>
    Variance,

    /// <summary>v + e or s + e</summary>
    Shifted,

    /// <summary>1 / r</summary>
    Deviation,

    /// <summary>r w</summary>
    Inverse,

    /// <summary>m r w</summary>
    MeanInverse,

    /// <summary>b - m r w</summary>
    Rest,

    /// <summary>x r w, not centred</summary>
    Scaled,

    /// <summary>(x - m) r w + b; or x r w + b where statistics are not centred</summary>
    Normal,
}

/// <summary>A value in terms of the row it is computed from.</summary>
/// <param name="Kind">Which function.</param>
/// <param name="X">The row.</param>
/// <param name="Centred">Whether the statistics are those of x - m.</param>
/// <param name="Epsilon">e, where it came in.</param>
/// <param name="Weight">w, where it came in.</param>
/// <param name="Bias">b, where it came in.</param>
internal sealed record NormForm(NormKind Kind, Value X, bool Centred, double Epsilon = 0, Value? Weight = null, Value? Bias = null);
