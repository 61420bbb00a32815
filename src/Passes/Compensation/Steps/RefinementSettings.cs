using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Steps;

/// <summary>How layers are refined.</summary>
/// <param name="Steps">Number of steps.</param>
/// <param name="Rate">Largest rate; it rises over the first steps and falls to 0 as a cosine.</param>
/// <param name="WarmUp">Steps until the rate is at its largest.</param>
/// <param name="Decay">How strongly weights are drawn back to where they started, times the rate at each step; 0 for not at all.</param>
/// <param name="Beta1">Memory of the mean of gradients.</param>
/// <param name="Beta2">Memory of the mean of their squares.</param>
/// <param name="Session">Where and with how many threads it is computed.</param>
public sealed record RefinementSettings(
    int Steps = 200, double Rate = 1e-3, int WarmUp = 20, double Decay = 0, double Beta1 = 0.9, double Beta2 = 0.99, SessionSettings? Session = null)
{
    /// <summary>The rate at step 0, 1, ...</summary>
    internal double RateAt(int step) =>
        step < WarmUp ? Rate * (step + 1) / WarmUp : Rate * 0.5 * (1 + Math.Cos(Math.PI * (step - WarmUp) / Math.Max(1, Steps - WarmUp)));
}
