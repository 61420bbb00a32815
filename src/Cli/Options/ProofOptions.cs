using System.CommandLine;
using SiDT.Backend.Compilation;
using SiDT.Cli.Entry;

namespace SiDT.Cli.Options;

/// <summary>What is done besides the cut, and what must be shown of it.</summary>
internal sealed class ProofOptions : OptionGroup
{
    private readonly Option<bool>? _exact;
    private readonly Option<bool>? _noExact;
    private readonly Option<bool> _optimize;
    private readonly Option<bool> _unproved;
    private readonly Option<bool> _noProof;

    /// <param name="decides">Whether the command decides what is saved; a plan has decided it already.</param>
    public ProofOptions(bool decides = true)
        : base("Savings and proof")
    {
        if (decides)
        {
            _exact = Flag("--exact", "Take only what is free, and cut nothing.");
            _noExact = Flag("--no-exact", "Do not take what is free.");
        }
        _optimize = Flag("--optimize", "Write ONNX Runtime's own fusions into the result.");
        _unproved = Flag("--unproved", "Write the result even if its proof fails.");
        _noProof = Flag("--no-proof", "Make no proof.", hidden: true);
    }

    public bool ExactOnly(ParseResult words) => _exact is not null && words.GetValue(_exact);

    private bool NoExact(ParseResult words) => _noExact is not null && words.GetValue(_noExact);

    public CompileOptions Read(ParseResult words, CompileOptions options)
    {
        if (ExactOnly(words) && NoExact(words))
            throw new UsageError("'--exact' and '--no-exact' contradict each other; give one of them");
        return options with
        {
            Exact = !NoExact(words),
            Optimize = words.GetValue(_optimize),
            Proof = words.GetValue(_noProof) ? ProofDemand.None : words.GetValue(_unproved) ? ProofDemand.Reported : ProofDemand.Required,
        };
    }
}
