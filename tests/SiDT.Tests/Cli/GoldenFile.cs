using Xunit;

namespace SiDT.Tests.Cli;

/// <summary>Expected texts as files beside the tests. With <c>SIDT_ACCEPT=1</c> they are written instead of compared.</summary>
internal static class GoldenFile
{
    public static bool Accepts { get; } = Environment.GetEnvironmentVariable("SIDT_ACCEPT") == "1";

    public static void Check(string name, string actual)
    {
        string path = Repository.Of($"tests/SiDT.Tests/Cli/Golden/{name}");
        if (Accepts)
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{name} is missing; SIDT_ACCEPT=1 writes it");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
