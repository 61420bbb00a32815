using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Tests.Runtime;

/// <summary>Inputs of models for tests that need no model.</summary>
internal static class Ports
{
    /// <summary>An input; sizes are numbers, or names of open ones.</summary>
    public static Port Of(string name, ElementType type, params object[] dims) =>
        new(name, type, [.. dims.Select(d => d is string ? (long?)null : Convert.ToInt64(d))], [.. dims.Select(d => d as string)]);
}
