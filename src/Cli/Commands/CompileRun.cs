using SiDT.Backend.Compilation;
using SiDT.Backend.Pages;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Frontend;

namespace SiDT.Cli.Commands;

/// <summary>A run of the compiler with its progress on standard error.</summary>
internal sealed class CompileRun : IDisposable
{
    private readonly Request _request;
    private readonly bool _quiet;
    private readonly bool _verbose;
    private readonly ProgressLine _progress;

    public CompileRun(Request request, RunOptions run, CompileOptions? options = null)
    {
        _request = request;
        _quiet = run.Quiet(request.Words);
        _verbose = run.Verbose(request.Words);
        _progress = new ProgressLine(request.Terminal, _quiet);
        Clock = new StageClock(_progress, request.Cancel);
        Options = (options ?? new CompileOptions()) with { Session = run.Session(request.Words), Seed = run.Seed(request.Words) };
        Compiler = new Compiler(Options, Clock);
    }

    public StageClock Clock { get; }

    public CompileOptions Options { get; }

    public Compiler Compiler { get; }

    /// <summary>What two models look at in the calibration data; null where there are none.</summary>
    public PageAttention? Looks(Model original, Model small)
    {
        if (Options.Calibration is null)
            return null;
        return Clock.Run("rolling attention out", progress => AttentionPictures.Of(original, small, CalibrationData.Open(original, Options), Options.Session, progress, Clock.Cancel));
    }

    /// <summary>Clears the progress before results are printed, and says what the user should know.</summary>
    public void Finish(params IEnumerable<string> notes)
    {
        _progress.Dispose();
        foreach (string note in _quiet ? [] : notes)
            _request.Terminal.Error.WriteLine($"sidtc: note: {note}");
    }

    /// <summary>Clears the progress, and says how long everything took if that is wanted.</summary>
    public void Dispose()
    {
        _progress.Dispose();
        if (!_verbose)
            return;
        foreach (StageTime time in Clock.Times)
            _request.Terminal.Error.WriteLine($"{time.Seconds,8:0.000} s  {time.Stage}");
    }
}
