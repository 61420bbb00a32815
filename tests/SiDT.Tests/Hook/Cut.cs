using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Passes.Planning;

namespace SiDT.Tests.Hook;

/// <summary>Smaller models to emit.</summary>
internal static class Cut
{
    /// <summary>Hidden units of three blocks by three ratios, and half of the widths of queries and keys.</summary>
    public static Model Unevenly(Model model)
    {
        var options = new CompileOptions { Request = new PlanRequest { Keep = [new KeepRule("blocks.0.mlp", 0.3), new KeepRule("blocks.1.mlp", 0.5), new KeepRule("blocks.2.mlp", 0.6), new KeepRule("qk", 0.5)] }, Proof = ProofDemand.None };
        return new Compiler(options, new StageClock(null, default)).Prune(model).Small;
    }
}
