using SiDT.Runtime;

namespace SiDT.Cli.Commands;

/// <summary>What models are compared on: the data that are named for it, else the calibration data, else random inputs.</summary>
internal sealed class ComparisonGround
{
    public const string Data = "the data", Calibration = "the calibration data", Random = "random inputs";

    private const int Synthetic = 16, BatchSize = 32;

    private readonly Session _original;
    private readonly DataSet? _data;
    private readonly CompileRun _run;

    /// <param name="original">Reads the data.</param>
    /// <param name="data">What is named; null: nothing.</param>
    /// <param name="preprocess">How its pictures are prepared.</param>
    /// <param name="run">Settings, and the clock.</param>
    /// <param name="most">How many calibration samples are enough.</param>
    /// <exception cref="DataError">The data cannot be read.</exception>
    public ComparisonGround(Session original, string? data, string? preprocess, CompileRun run, int most = int.MaxValue)
    {
        (_original, _run) = (original, run);
        Backend.Compilation.Calibration? calibration = run.Options.Calibration;
        _data = data is not null ? DataSet.Open(data, original, preprocess)
            : calibration is not null ? DataSet.Open(calibration.Path, original, calibration.Preprocess).Take(Math.Min(most, calibration.Samples))
            : null;
        Name = data is not null ? Data : calibration is not null ? Calibration : Random;
    }

    /// <summary>As a person says it.</summary>
    public string Name { get; }

    /// <summary>Scores of models that are compared with the first of them.</summary>
    /// <param name="stage">What this is called while it runs.</param>
    public IReadOnlyList<ModelScore> Score(string stage, IReadOnlyList<(string Name, Session Model)> models) => _run.Clock.Run(stage, progress => _data is null
        ? Evaluation.Run(models, Noise(), Synthetic, progress: progress, cancel: _run.Clock.Cancel)
        : Evaluation.Run(models, _data, BatchSize, progress: progress, cancel: _run.Clock.Cancel));

    private IEnumerable<Batch> Noise()
    {
        for (int i = 0; i < Synthetic; i++)
            yield return new Batch(SyntheticInputs.For(_original, _run.Options.Seed + i), null, 1);
    }
}
