using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Frontend.Writing;
using SiDT.Runtime;

namespace SiDT.Cli.Entry;

/// <summary>What a sentence on standard error is about, for programs; docs/diagnostics.md explains each.</summary>
/// <param name="Id">Stands in brackets behind the sentence; never changes its meaning.</param>
/// <param name="ExitCode">What the command ends with.</param>
public sealed record Diagnostic(string Id, int ExitCode)
{
    public static readonly Diagnostic
        CommandLine = new("SIDT01", ExitCodes.Usage),
        Model = new("SIDT02", ExitCodes.Usage),
        Data = new("SIDT03", ExitCodes.Usage),
        Output = new("SIDT04", ExitCodes.Usage),
        Runtime = new("SIDT05", ExitCodes.Usage),
        Device = new("SIDT06", ExitCodes.Usage),
        Proof = new("SIDT07", ExitCodes.Unproved),
        Budget = new("SIDT08", ExitCodes.Budget),
        Threshold = new("SIDT09", ExitCodes.Missed),
        Fault = new("SIDT10", ExitCodes.Fault),
        Memory = new("SIDT11", ExitCodes.Usage);

    /// <summary>All of them, by id.</summary>
    public static IReadOnlyList<Diagnostic> All { get; } = [CommandLine, Model, Data, Output, Runtime, Device, Proof, Budget, Threshold, Fault, Memory];

    /// <summary>The one for an exception: a fault of ours, unless it says otherwise.</summary>
    public static Diagnostic Of(Exception error) => error switch
    {
        UsageError => CommandLine,
        ModelError => Model,
        DataError => Data,
        OutputError => Output,
        RuntimeError => Runtime,
        DeviceError => Device,
        ProofError => Proof,
        BudgetError => Budget,
        OutOfMemoryException => Memory,
        AggregateException several when several.Flatten().InnerExceptions.Any(e => e is OutOfMemoryException) => Memory, // of several threads
        _ => Fault,
    };

    /// <summary>What an exception says to a person.</summary>
    public string SentenceOf(Exception error) => this == Memory
        ? "memory ran out; close other programs, look at less (--samples, --views), or take a machine that has more"
        : error.Message;

    /// <summary>A sentence with the id behind it, in one line.</summary>
    public string Say(string sentence) => $"{string.Join(' ', sentence.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.')} [{Id}]";
}
