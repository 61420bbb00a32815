using System.Runtime.InteropServices;
using SiDT.Cli.Entry;

using var interrupt = new CancellationTokenSource();
int signals = 0;

// The first signal lets the current stage end; the work stops at once when that takes long, or at the second signal.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    if (Interlocked.Increment(ref signals) > 1)
        Environment.Exit(ExitCodes.Interrupted);
    interrupt.Cancel();
    _ = Task.Delay(TimeSpan.FromSeconds(2)).ContinueWith(_ => Environment.Exit(ExitCodes.Interrupted), TaskScheduler.Default);
}

using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration onTermination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return new CommandLine(Terminal.OfProcess()).Run(args, interrupt.Token);
