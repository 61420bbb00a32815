using Xunit;

namespace SiDT.Tests.Runtime;

/// <summary>A test that needs files of a folder <c>shared</c> beside the repository; skipped where one of them is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(params string[] needed)
    {
        if (needed.FirstOrDefault(n => SharedFolder.Find(n) is null) is { } missing)
            Skip = $"there is no shared/{missing} beside the repository";
    }
}
