using System.Globalization;
using System.Runtime.InteropServices;

namespace SiDT.Runtime;

/// <summary>How much memory some work needs at most beyond what the process has, as the kernel counts it.</summary>
public static partial class PeakMemory
{
    private const string Status = "/proc/self/status", Reset = "/proc/self/clear_refs", ResetPeak = "5";

    /// <summary>Does the work, and says by how many bytes the resident memory rose at its highest; null where the system does not tell.</summary>
    public static long? Of(Action work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        ReturnFreed();
        bool counts = TryReset();
        long before = counts ? Read("VmRSS:") : 0;
        work();
        return counts ? Math.Max(0, Read("VmHWM:") - before) : null;
    }

    // what was freed but kept would hide what the next model needs
    private static void ReturnFreed()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // another C library than glibc
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);

    private static bool TryReset()
    {
        try
        {
            if (!OperatingSystem.IsLinux())
                return false;
            File.WriteAllText(Reset, ResetPeak);
            return Read("VmHWM:") > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Read(string field)
    {
        string? line = File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null ? 0 : 1024 * long.Parse(line[field.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
