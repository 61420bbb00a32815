using System.Diagnostics;
using SiDT.Cli.Entry;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Cli;

/// <summary>What goes wrong from outside, in a process of its own.</summary>
public sealed class InterruptionTests
{
    private const string Old = "the plan of before";

    [Fact]
    public void An_interrupt_ends_with_130_and_leaves_the_old_output_as_it_was()
    {
        using var folder = new TemporaryFolder();
        Prepare(folder);
        using Process process = Start(folder, "", "--bench --data " + Repository.TestData);
        Thread.Sleep(TimeSpan.FromSeconds(1.5));
        using (Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            kill.WaitForExit();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20)), "it goes on");
        string said = process.StandardError.ReadToEnd();
        Assert.True(process.ExitCode == ExitCodes.Interrupted, $"exit code {process.ExitCode}: {said}");
        Untouched(folder);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(800)]
    public void A_disk_that_is_full_is_one_sentence_and_leaves_the_old_output_as_it_was(int kilobytes)
    {
        using var folder = new TemporaryFolder();
        Prepare(folder);
        // A limit on the size of files stands for a full disk, which only an administrator can make.
        using Process process = Start(folder, $"trap '' XFSZ; ulimit -f {kilobytes};", "");
        process.WaitForExit();
        string said = process.StandardError.ReadToEnd().Trim();
        Assert.True(process.ExitCode == ExitCodes.Usage, $"exit code {process.ExitCode}: {said}");
        Assert.Matches("^sidtc: '.*' cannot be written .*$", said);
        Untouched(folder);
    }

    private static void Prepare(TemporaryFolder folder)
    {
        folder.Write("small.onnx", Old);
        folder.Write("small.plan.json", Old);
    }

    private static Process Start(TemporaryFolder folder, string before, string more)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "sidtc.dll");
        // A shell starts background jobs deaf to interrupts, and what they start is deaf too.
        const string Hear = "hear='env --default-signal=INT'; $hear true 2>/dev/null || hear=;";
        var start = new ProcessStartInfo("bash", ["-c", $"{Hear} {before} exec $hear dotnet '{program}' prune '{Repository.Model}' --params 0.6 --force --quiet -o '{folder["small.onnx"]}' {more}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // the runtime would need a large file of its own
        return Process.Start(start)!;
    }

    private static void Untouched(TemporaryFolder folder)
    {
        Assert.Equal([folder["small.onnx"], folder["small.plan.json"]], Directory.GetFileSystemEntries(folder.Path).Order(StringComparer.Ordinal));
        Assert.Equal((Old, Old), (File.ReadAllText(folder["small.onnx"]), File.ReadAllText(folder["small.plan.json"])));
    }
}
