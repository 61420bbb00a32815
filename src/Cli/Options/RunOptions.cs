using System.CommandLine;
using SiDT.Cli.Entry;
using SiDT.Runtime;

namespace SiDT.Cli.Options;

/// <summary>What all commands have.</summary>
internal sealed class RunOptions : OptionGroup
{
    private readonly Option<bool> _json;
    private readonly Option<bool> _quiet;
    private readonly Option<bool> _verbose;
    private readonly Option<string?> _threads;
    private readonly Option<string?> _device;
    private readonly Option<string?> _seed;

    public RunOptions()
        : base("Running")
    {
        _json = Flag("--json", "Print the results as JSON (sidt-report/1).");
        _quiet = Flag("--quiet", "Print nothing but errors and, with --json, the results.");
        _verbose = Flag("--verbose", "Say what is done and how long it took; print everything.");
        _threads = Text("--threads", "N", "Threads of ONNX Runtime (default: all there are).");
        _device = Text("--device", "cpu|cuda", "Where ONNX Runtime computes (default: cpu).");
        _seed = Text("--seed", "N", "Seed of whatever is random (default: 0).");
    }

    public bool Json(ParseResult words) => words.GetValue(_json);

    public bool Quiet(ParseResult words) => words.GetValue(_quiet);

    public bool Verbose(ParseResult words) => words.GetValue(_verbose);

    public int Seed(ParseResult words) => Integer(words, _seed, 0) ?? 0;

    public SessionSettings Session(ParseResult words)
    {
        if (Quiet(words) && Verbose(words))
            throw new UsageError("'--quiet' and '--verbose' contradict each other; give one of them");
        Device device = Choice(words, _device, ["cpu", "cuda"]) == "cuda" ? Device.Cuda : Device.Cpu;
        return new SessionSettings(Threads: Integer(words, _threads, 1) ?? 0, Device: device);
    }
}
