using SiDT.Frontend;
using SiDT.Passes.Planning;
using SiDT.Passes.Proof;
using SiDT.Runtime;

namespace SiDT.Backend.Compilation;

/// <summary>Compares a small model with the original in which the removed units are silenced.</summary>
public static class Proving
{
    private const int RandomInputs = 2;
    private const int Samples = 8;

    /// <summary>A larger tolerance says that the graph computes with few bits; fused kernels would then round each graph differently.</summary>
    private const double Coarse = 1e-3;

    /// <summary>The proof; it may say that the models differ.</summary>
    /// <param name="model">The original.</param>
    /// <param name="small">What was made of it.</param>
    /// <param name="dimensions">What the plan says of the original's dimensions.</param>
    /// <param name="options">The seed and where to compute.</param>
    /// <exception cref="ModelError">ONNX Runtime does not run the original.</exception>
    /// <exception cref="ProofError">Nothing can be compared.</exception>
    public static ProofResult Run(Prepared model, Model small, IReadOnlyList<PlanDimension> dimensions, CompileOptions options)
    {
        CheckSignature(model, small);
        try
        {
            Model twin = new TwinBuilder().Build(model.Original, dimensions);
            int[] seeds = [.. Enumerable.Range(1, RandomInputs).Select(i => options.Seed + i)];
            ProofResult random = new Prover(options.Session).Compare(twin, small, seeds);
            return options.Calibration is null || !random.Holds ? random : WithData(random, twin, small, options);
        }
        catch (RuntimeError failure)
        {
            if (ReasonNotToRun(model.Original, options) is { } reason)
                throw new ModelError($"'{model.Name}' does not run, so nothing can be proved of it ({reason}); mend it, or pass --unproved");
            throw new ProofError($"'{model.Name}': what was made of it does not run ({failure.Message}); nothing is written", failure);
        }
    }

    // random inputs need not reach what real ones do
    private static ProofResult WithData(ProofResult random, Model twin, Model small, CompileOptions options)
    {
        SessionSettings settings = random.Tolerance > Coarse ? options.Session with { Optimize = false } : options.Session;
        using Session expected = Session.Open(twin, settings), actual = Session.Open(small, settings);
        DataSet data = DataSet.Open(options.Calibration!.Path, expected, options.Calibration.Preprocess).Take(Samples);
        double worst = data.Batches(Samples).Select(b => Prover.Difference(expected.Run(b.Feeds), actual.Run(b.Feeds))).Max();
        return random with { Difference = Math.Max(random.Difference, worst), Inputs = random.Inputs + data.Count };
    }

    /// <summary>The sentence of a proof that failed.</summary>
    public static ProofError Failure(string name, ProofResult proof) => new(
        $"'{name}': the small graph and the masked original differ by {proof.Difference:0.0e+0} of the largest output, and {proof.Tolerance:0e+0} is allowed; nothing is written unless --unproved is passed");

    private static void CheckSignature(Prepared model, Model small)
    {
        // weights that are listed as inputs too may go with what read them
        Same(model.Original.Graph.Inputs.Where(i => i.Initializer is null), small.Graph.Inputs.Where(i => i.Initializer is null), "reads");
        Same(model.Original.Graph.Outputs, small.Graph.Outputs, "makes");

        void Same(IEnumerable<Value> expected, IEnumerable<Value> actual, string verb)
        {
            string[] before = [.. expected.Select(v => v.Name)], after = [.. actual.Select(v => v.Name)];
            if (!before.SequenceEqual(after))
                throw new ProofError($"'{model.Name}' {verb} {Names(before)}, but '{small.Path ?? "the small graph"}' {verb} {Names(after)}; they are not the same network");
        }
    }

    private static string Names(IReadOnlyCollection<string> names) => names.Count == 0 ? "nothing" : string.Join(", ", names.Select(n => $"'{n}'"));

    /// <summary>Why ONNX Runtime does not accept a model; null where it does.</summary>
    internal static string? ReasonNotToLoad(Model original, CompileOptions options)
    {
        try
        {
            using var session = Session.Open(original, options.Session);
            return null;
        }
        catch (RuntimeError failure)
        {
            return failure.Message;
        }
    }

    private static string? ReasonNotToRun(Model original, CompileOptions options)
    {
        try
        {
            using Session session = Session.Open(original, options.Session);
            SyntheticInputs.For(session, options.Seed);
            return null;
        }
        catch (RuntimeError failure)
        {
            return failure.Message;
        }
    }
}
