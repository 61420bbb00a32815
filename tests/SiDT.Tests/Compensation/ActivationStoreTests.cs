using SiDT.Frontend;
using SiDT.Passes.Compensation.Streams;
using Xunit;

namespace SiDT.Tests.Compensation;

/// <summary>What samples leave between two places of a graph is found again, wherever it was kept.</summary>
public sealed class ActivationStoreTests
{
    [Theory]
    [InlineData(1 << 20)]
    [InlineData(100)]
    [InlineData(0)]
    public void What_is_written_is_read_again_whether_it_fits_into_memory_or_not(long most)
    {
        using var store = new ActivationStore(new ActivationMemory(most));
        for (int batch = 0; batch < 4; batch++)
            store.Write("x", batch, Numbers(batch, 12));
        store.Write("x", 2, Numbers(7, 12));

        Assert.Equal([0f, 1, 7, 3], Enumerable.Range(0, 4).Select(b => store.Read("x", b).ToFloats()[11]));
        Assert.Equal([3L, 4], store.Read("x", 1).Dims);
    }

    [Fact]
    public void Memory_never_holds_more_than_it_may()
    {
        var memory = new ActivationMemory(100);
        using var store = new ActivationStore(memory);
        for (int batch = 0; batch < 4; batch++)
            store.Write("x", batch, Numbers(batch, 12));

        Assert.Equal(96, memory.Used);
    }

    [Fact]
    public void What_two_stores_hold_counts_once_and_stays_until_both_let_go()
    {
        var memory = new ActivationMemory(100);
        Tensor shared = Numbers(5, 12);
        var first = new ActivationStore(memory);
        using var second = new ActivationStore(memory);
        first.Write("x", 0, shared);
        second.Write("x", 0, shared);
        Assert.Equal(48, memory.Used);

        first.Dispose();
        Assert.Equal(48, memory.Used);
        Assert.Equal(5, second.Read("x", 0).ToFloats()[0]);

        second.KeepOnly(new HashSet<string>());
        Assert.Equal(0, memory.Used);
    }

    private static Tensor Numbers(float number, int count) => Tensor.Of(Enumerable.Repeat(number, count).ToArray(), 3, count / 3);
}
