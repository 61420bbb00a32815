using System.Runtime.CompilerServices;

namespace SiDT.Tests;

/// <summary>One folder for everything that tests, and programs that they start, write to the temporary folder: it goes with the process.</summary>
internal static class TemporaryRoot
{
    [ModuleInitializer]
    internal static void Make()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("sidt-tests-");
        // what Path.GetTempPath reads, here and in programs started from here; where systems read something else, all is as before
        Environment.SetEnvironmentVariable("TMPDIR", root.FullName);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(root);
    }

    private static void Remove(DirectoryInfo root)
    {
        try
        {
            root.Delete(recursive: true);
        }
        catch (IOException)
        {
            // a program that was killed may still be writing
        }
    }
}
