using System.Diagnostics;
using System.Globalization;
using SiDT.Passes.Compensation.Algebra;
using Xunit;
using Xunit.Abstractions;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class NumpyTests(ITestOutputHelper output)
{
    private const string Python = "/usr/bin/python3";

    private const string Script =
        """
        import sys, numpy as np
        n, m = map(int, sys.stdin.readline().split())
        a = np.array(sys.stdin.readline().split(), float).reshape(n, n)
        b = np.array(sys.stdin.readline().split(), float).reshape(n, m)
        g = a.T @ a
        w, v = np.linalg.eigh(g)
        w = w + 1e-6 * w.mean()
        show = lambda x: print(*(repr(float(y)) for y in np.ravel(x)))
        show(np.linalg.solve(g + 1e-3 * np.diag(g).mean() * np.eye(n), b))
        show((v * np.sqrt(w)) @ v.T)
        show((v / np.sqrt(w)) @ v.T)
        show(np.linalg.svd(b)[1])
        """;

    [Fact]
    public void Solutions_roots_and_singular_values_are_those_of_numpy()
    {
        Matrix a = Normal(24, 24, 1), b = Normal(24, 7, 2), g = a.TransposedTimes(a);
        if (Ask($"24 7\n{Line(a)}\n{Line(b)}\n") is not { } answers)
        {
            output.WriteLine("skipped: numpy is not installed");
            return;
        }
        (Matrix root, Matrix inverse) = Symmetric.Of(g).Roots();
        AssertNear(new Matrix(24, 7, answers[0]), Ridge.Solve(g, b, 1e-3), 1e-9);
        AssertNear(new Matrix(24, 24, answers[1]), root, 1e-9);
        AssertNear(new Matrix(24, 24, answers[2]), inverse, 1e-7);
        AssertNear(new Matrix(1, 7, answers[3]), new Matrix(1, 7, Svd.Of(b).Values), 1e-12);
    }

    private static string Line(Matrix matrix) => string.Join(' ', matrix.Data.Select(x => x.ToString("R", CultureInfo.InvariantCulture)));

    private static double[][]? Ask(string question)
    {
        if (!File.Exists(Python))
            return null;
        var start = new ProcessStartInfo(Python, ["-c", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        try
        {
            process.StandardInput.Write(question);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it ended before it read
        }
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            Assert.Contains("No module named", errors.Result);
            return null;
        }
        return [.. answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ').Select(x => double.Parse(x, CultureInfo.InvariantCulture)).ToArray())];
    }
}
