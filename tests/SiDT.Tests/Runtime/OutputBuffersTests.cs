using System.Runtime.InteropServices;
using SiDT.Frontend;
using SiDT.Runtime;
using Xunit;

namespace SiDT.Tests.Runtime;

public sealed class OutputBuffersTests
{
    private static readonly byte[] s_ones = [.. Enumerable.Repeat((byte)1, 1 << 17)], s_twos = [.. Enumerable.Repeat((byte)2, 1 << 17)];

    [Fact]
    public void An_array_that_was_given_back_holds_the_next_output()
    {
        var buffers = new OutputBuffers();
        TensorStorage first = buffers.Fill(s_ones);
        byte[] array = Array(first);
        buffers.Recycle(first);
        TensorStorage second = buffers.Fill(s_twos);

        Assert.Same(array, Array(second));
        Assert.True(second.Bytes.SequenceEqual(s_twos));
    }

    [Fact]
    public void Nobody_reads_an_array_that_was_given_back()
    {
        var buffers = new OutputBuffers();
        TensorStorage storage = buffers.Fill(s_ones);
        buffers.Recycle(storage);
        buffers.Recycle(storage);

        Assert.Throws<ObjectDisposedException>(() => storage.Bytes.Length);
        Assert.NotSame(Array(buffers.Fill(s_ones)), Array(buffers.Fill(s_twos)));
    }

    [Fact]
    public void What_came_from_elsewhere_is_left_alone()
    {
        var buffers = new OutputBuffers();
        var own = new ManagedStorage(s_ones.ToArray());
        buffers.Recycle(own);

        Assert.True(own.Bytes.SequenceEqual(s_ones));
    }

    [Fact]
    public void No_more_lies_idle_than_may()
    {
        var buffers = new OutputBuffers(most: 1 << 17);
        TensorStorage first = buffers.Fill(s_ones), second = buffers.Fill(s_ones);
        byte[] kept = Array(first), dropped = Array(second);
        buffers.Recycle(first);
        buffers.Recycle(second);

        Assert.Same(kept, Array(buffers.Fill(s_twos)));
        Assert.NotSame(dropped, Array(buffers.Fill(s_twos)));
    }

    private static byte[] Array(TensorStorage storage) =>
        MemoryMarshal.TryGetArray(storage.Memory, out ArraySegment<byte> array) ? array.Array! : [];
}
