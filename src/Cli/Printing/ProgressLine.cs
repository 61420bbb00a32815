using System.Diagnostics;
using SiDT.Backend.Compilation;
using SiDT.Cli.Entry;

namespace SiDT.Cli.Printing;

/// <summary>Progress of work that takes more than a second: one line that is drawn over on a terminal, a line for each stage elsewhere.</summary>
internal sealed class ProgressLine(Terminal terminal, bool quiet) : IProgress<StageProgress>, IDisposable
{
    private const int BarWidth = 24;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _drawn;
    private string _stage = "";
    private bool _open;

    public void Report(StageProgress value)
    {
        if (quiet || _clock.Elapsed < s_patience)
            return;
        if (terminal.IsLive)
            Draw(value);
        else if (value.Stage != _stage && value.Done < value.Total)
            terminal.Error.WriteLine($"{value.Stage} ...");
        _stage = value.Stage;
    }

    public void Dispose()
    {
        if (_open)
            terminal.Error.Write("\r\u001b[K");
        _open = false;
    }

    private void Draw(StageProgress value)
    {
        if (value.Stage == _stage && _clock.Elapsed - _drawn < s_pause)
            return;
        _drawn = _clock.Elapsed;
        int filled = (int)((long)BarWidth * value.Done / Math.Max(value.Total, 1));
        string bar = value.Total > 1 ? $" {new string('█', filled)}{new string('░', BarWidth - filled)} {value.Done}/{value.Total}" : " ...";
        terminal.Error.Write($"\r\u001b[K{value.Stage}{bar}");
        _open = true;
    }
}
