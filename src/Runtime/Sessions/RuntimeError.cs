namespace SiDT.Runtime;

/// <summary>ONNX Runtime refused a model or a run: one sentence on one line, with its own words.</summary>
public sealed class RuntimeError(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>"<paramref name="what"/>: what ONNX Runtime said", without its code and line breaks.</summary>
    internal static RuntimeError From(string what, Exception failure) => new($"{what}: {OneLine(failure.Message)}", failure);

    internal static string OneLine(string text)
    {
        if (text.StartsWith("[ErrorCode:", StringComparison.Ordinal) && text.IndexOf(']') is var end and >= 0)
            text = text[(end + 1)..];
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
