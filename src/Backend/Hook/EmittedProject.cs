namespace SiDT.Backend.Hook;

/// <summary>A project for fine-tuning, but for the models that it works on.</summary>
/// <param name="Texts">Sources and the project file, by name.</param>
/// <param name="Graphs">ONNX files that prepare pictures, by name; none where the model reads no pictures.</param>
public sealed record EmittedProject(IReadOnlyDictionary<string, string> Texts, IReadOnlyDictionary<string, byte[]> Graphs);
