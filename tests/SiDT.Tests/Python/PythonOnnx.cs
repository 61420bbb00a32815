using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace SiDT.Tests.Python;

/// <summary>The reference implementation of ONNX as Debian packs it (python3-onnx), where it is installed.</summary>
public static class PythonOnnx
{
    private const string Interpreter = "/usr/bin/python3";

    private static readonly Lazy<bool> Available = new(() => File.Exists(Interpreter) && Run("-c", "import onnx").ExitCode == 0);

    public static bool IsAvailable => Available.Value;

    /// <summary>One verdict for each file: "ok", "unknown" or "failed", with the reason behind it.</summary>
    public static IReadOnlyList<(string Verdict, string Line)> Check(params string[] files)
    {
        (int status, string output, string errors) = Run([Script("check.py"), .. files]);
        if (status > 1)
            throw new InvalidOperationException($"check.py ended with {status}: {errors}");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (line.Split(' ')[0], line))];
    }

    /// <summary>Runs the interpreter with these arguments.</summary>
    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static string Script(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);
}

/// <summary>A test that needs python3-onnx and says so where it is missing.</summary>
public sealed class PythonOnnxFactAttribute : FactAttribute
{
    public PythonOnnxFactAttribute()
    {
        if (!PythonOnnx.IsAvailable)
            Skip = "python3-onnx is not installed";
    }
}
