using SiDT.Backend.Compilation;
using Xunit;

namespace SiDT.Tests.Backend;

public sealed class StageClockTests
{
    [Fact]
    public void Stages_are_timed_in_their_order()
    {
        var clock = new StageClock();
        Assert.Equal(3, clock.Run("one", () => 1) + clock.Run("two", () => 2));
        Assert.Equal(["one", "two"], clock.Times.Select(t => t.Stage));
    }

    [Fact]
    public void Progress_tells_begin_steps_and_end()
    {
        var heard = new List<StageProgress>();
        new StageClock(new Listener(heard)).Run("stage", report =>
        {
            report(2, 5);
            return 0;
        });
        Assert.Equal([new StageProgress("stage", 0, 1), new StageProgress("stage", 2, 5), new StageProgress("stage", 1, 1)], heard);
    }

    [Fact]
    public void Nothing_starts_after_an_interrupt()
    {
        using var interrupt = new CancellationTokenSource();
        var clock = new StageClock(cancel: interrupt.Token);
        interrupt.Cancel();
        Assert.Throws<OperationCanceledException>(() => clock.Run("stage", () => 0));
    }

    [Fact]
    public void A_stage_stops_at_its_next_step_after_an_interrupt()
    {
        using var interrupt = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new StageClock(cancel: interrupt.Token).Run("stage", report =>
        {
            interrupt.Cancel();
            report(1, 2);
            return 0;
        }));
    }

    private sealed class Listener(List<StageProgress> heard) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => heard.Add(value);
    }
}
