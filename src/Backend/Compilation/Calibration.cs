namespace SiDT.Backend.Compilation;

/// <summary>Data that criteria look at.</summary>
/// <param name="Path">A file or folder of the kinds that <see cref="Runtime.DataSet"/> reads.</param>
/// <param name="Preprocess">How pictures are prepared; null: as the model's metadata say.</param>
/// <param name="Samples">At most so many samples, spread evenly.</param>
public sealed record Calibration(string Path, string? Preprocess = null, int Samples = 256);
