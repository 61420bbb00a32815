using SiDT.Passes.Proof;

namespace SiDT.Cli.Printing;

/// <summary>A proof in one sentence.</summary>
internal static class ProofText
{
    public static string Of(ProofResult? proof) => proof switch
    {
        null => "Not proved.",
        { Holds: true } => $"Proved: equals the masked original within {proof.Difference:0.0e+0} of its largest output ({proof.Tolerance:0e+0} is allowed), on {proof.Inputs} inputs.",
        _ => $"NOT proved: {Difference(proof)}.",
    };

    public static string Difference(ProofResult proof) =>
        $"it differs from the masked original by {proof.Difference:0.0e+0} of its largest output, and {proof.Tolerance:0e+0} is allowed";
}
