using SiDT.Frontend;

namespace SiDT.Backend.Hook;

/// <summary>A node cannot be said in TorchSharp. The input is at fault: exit code 2.</summary>
public static class HookError
{
    /// <summary>One sentence about one node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="reason">Why it has no TorchSharp counterpart.</param>
    public static ModelError At(Node node, string reason) =>
        new($"{node}: {reason}, so the graph has no TorchSharp module; nothing was written");
}
