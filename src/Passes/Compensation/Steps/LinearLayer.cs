using SiDT.Passes.Compensation.Algebra;

namespace SiDT.Passes.Compensation.Steps;

/// <summary>x W + b.</summary>
/// <param name="Weight">W [in x out].</param>
/// <param name="Bias">b [out]; null where there is none, and then none is made.</param>
public sealed record LinearLayer(Matrix Weight, double[]? Bias);
