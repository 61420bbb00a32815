using System.Diagnostics;
using System.IO.Compression;
using SiDT.Tests.Cli;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Packaging;

/// <summary>The packages as someone else gets them: from a folder, into an empty home.</summary>
[Trait("Category", Categories.Slow)]
public sealed class ToolPackageTests
{
    [Fact]
    public void The_tool_installed_from_a_folder_into_an_empty_home_prunes_the_default_model()
    {
        using var folder = new TemporaryFolder();
        string feed = Directory.CreateDirectory(folder["feed"]).FullName, home = Directory.CreateDirectory(folder["home"]).FullName;
        Run(folder.Path, null, "dotnet", "pack", Repository.Of("src/Cli/SiDT.Cli.csproj"), "-c", "Release", "--no-build", "-o", feed, "--nologo", "-nodeReuse:false");
        string package = Assert.Single(Directory.GetFiles(feed, "sidtc.*.nupkg"));
        File.WriteAllText(folder["nuget.config"], $"<configuration><packageSources><clear/><add key=\"feed\" value=\"{feed}\"/></packageSources></configuration>");
        Run(folder.Path, home, "dotnet", "tool", "install", "sidtc", "--tool-path", folder["tools"], "--configfile", folder["nuget.config"]);
        File.Copy(Repository.Model, folder["vit.onnx"]);
        string said = Run(folder.Path, home, folder["tools/sidtc"], "prune", "vit.onnx", "--params", "0.6", "-o", "small.onnx");
        Assert.Contains("Proved", said);
        Assert.True(new FileInfo(folder["small.onnx"]).Length < new FileInfo(package).Length);
        Assert.Contains("No difference", Run(folder.Path, home, folder["tools/sidtc"], "diff", "small.onnx", "small.onnx"));
    }

    [Fact]
    public void The_library_package_holds_all_rooms_with_their_documentation()
    {
        using var folder = new TemporaryFolder();
        Run(folder.Path, null, "dotnet", "pack", Repository.Of("src/Backend/SiDT.Backend.csproj"), "-c", "Release", "--no-build", "-o", folder.Path, "--nologo", "-nodeReuse:false");
        using ZipArchive package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.Path, "SiDT.Compiler.*.nupkg")));
        foreach (string room in (string[])["Frontend", "Runtime", "Passes", "Backend"])
        {
            Assert.Contains(package.Entries, e => e.FullName == $"lib/net10.0/SiDT.{room}.dll");
            Assert.Contains(package.Entries, e => e.FullName == $"lib/net10.0/SiDT.{room}.xml");
        }
        using var nuspec = new StreamReader(package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
        string text = nuspec.ReadToEnd();
        foreach (string dependency in (string[])["Google.Protobuf", "MathNet.Numerics", "Microsoft.ML.OnnxRuntime"])
            Assert.Contains($"id=\"{dependency}\"", text);
        Assert.DoesNotContain("id=\"SiDT.", text);
    }

    private static string Run(string folder, string? home, string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        if (home is not null)
        {
            start.Environment["HOME"] = start.Environment["DOTNET_CLI_HOME"] = home;
            start.Environment.Remove("NUGET_PACKAGES");
        }
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', words)}: {process.ExitCode}\n{output}\n{errors.Result}");
        return output;
    }
}
