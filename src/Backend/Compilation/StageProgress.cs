namespace SiDT.Backend.Compilation;

/// <summary>Where a run stands.</summary>
/// <param name="Stage">What is being done, as a person says it: <c>scoring units</c>.</param>
/// <param name="Done">Steps done of this stage.</param>
/// <param name="Total">Steps there are; one where a stage does not count its steps.</param>
public readonly record struct StageProgress(string Stage, int Done, int Total);
