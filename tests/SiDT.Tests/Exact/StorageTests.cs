using System.Runtime.InteropServices;
using SiDT.Frontend;
using SiDT.Passes.Rewriting;
using Xunit;

namespace SiDT.Tests.Exact;

/// <summary>Weights that are cut and scaled only when someone asks for their bytes.</summary>
public sealed class StorageTests
{
    private static readonly float[] s_numbers = [.. Enumerable.Range(0, 7 * 23).Select(i => i * 0.37f)];

    [Fact]
    public void A_part_is_the_same_as_that_part_of_the_whole()
    {
        byte[] whole = Scaled().Bytes.ToArray();
        Tensor tensor = Scaled();
        for (int at = 0; at < whole.Length; at += sizeof(float))
        {
            var part = new byte[Math.Min(11 * sizeof(float), whole.Length - at)];
            tensor.Storage.Read(at, part);
            Assert.Equal(whole[at..(at + part.Length)], part);
        }
    }

    [Fact]
    public void Factors_are_rounded_as_those_of_single_numbers()
    {
        double[] factors = [.. Enumerable.Range(1, 23).Select(i => Math.Sqrt(i))];
        float[] scaled = ScaledStorage.Scale(Tensor.Of(s_numbers, 7, 23), factors, 1).ToFloats();
        Assert.Equal(s_numbers.Select((x, i) => (float)(x * factors[i % 23])), scaled);
    }

    [Fact]
    public void A_slice_in_other_dimensions_is_cut_as_what_it_is_now()
    {
        float[] all = Cut().ToFloats();
        Tensor flat = TensorMovement.Shaped(Cut(), [4 * 18]);
        Assert.Equal([all[3], all[40]], MemoryMarshal.Cast<byte, float>(WeightSlicer.SliceAxis(flat, 0, [3, 40]).Bytes).ToArray());
    }

    private static Tensor Scaled()
    {
        Tensor byRow = ScaledStorage.Scale(Cut(), [.. Enumerable.Range(1, 4).Select(i => i / 3.0)], 0);
        return ScaledStorage.Scale(byRow, [.. Enumerable.Range(1, 18).Select(i => i * 0.7)], 1);
    }

    private static Tensor Cut() => WeightSlicer.Slice(Tensor.Of(s_numbers, 7, 23), [[0, 2, 3, 6], [.. Enumerable.Range(0, 23).Where(i => i % 5 != 1)]]);
}
