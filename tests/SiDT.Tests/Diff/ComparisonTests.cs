using SiDT.Backend.Diff;
using SiDT.Frontend;
using Xunit;

namespace SiDT.Tests.Diff;

public sealed class ComparisonTests
{
    [Fact]
    public void Differences_of_numbers_are_what_plain_loops_say()
    {
        var random = new Random(5);
        foreach (int count in (int[])[1, 7, 8, 9, 100_003])
        {
            float[] a = [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))], b = [.. a];
            for (int i = 0; i < count; i += 3)
                b[i] += 0.01f * i / count + 0.001f;
            double dd = 0, aa = 0, bb = 0, ab = 0, max = 0;
            int differing = 0;
            for (int i = 0; i < count; i++)
            {
                double d = (double)a[i] - b[i];
                (dd, aa, bb, ab, max) = (dd + d * d, aa + (double)a[i] * a[i], bb + (double)b[i] * b[i], ab + (double)a[i] * b[i], Math.Max(max, Math.Abs(d)));
                differing += a[i] == b[i] ? 0 : 1;
            }
            ValueChange change = ValueChange.Of(Tensor.Of(a, count), Tensor.Of(b, count))!;
            Assert.Equal(max, change.MaxAbs, 1e-6);
            Assert.Equal(Math.Sqrt(dd / aa), change.Relative, 1e-6);
            Assert.Equal(ab / Math.Sqrt(aa * bb), change.Cosine, 1e-6);
            Assert.Equal(differing, change.Elements);
        }
        Assert.Null(ValueChange.Of(Tensor.Of([1f, 2f], 2), Tensor.Of([1f, 2f], 2)));
    }

    [Fact]
    public void Indices_that_went_are_found_along_every_axis_at_once()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 50; trial++)
        {
            int rank = random.Next(1, 5);
            int[] large = [.. Enumerable.Range(0, rank).Select(_ => random.Next(2, 9))];
            int[][] kept = [.. large.Select(n => Enumerable.Range(0, n).Where(_ => random.Next(3) > 0).DefaultIfEmpty(0).ToArray())];
            float[] a = [.. Enumerable.Range(0, large.Aggregate((x, y) => x * y)).Select(_ => random.NextSingle())];
            float[] b = [.. Positions(kept).Select(p => a[p.Zip(large).Aggregate(0, (flat, d) => flat * d.Second + d.First)])];
            int[][]? found = IndexSearch.Kept(Tensor.Of(a, [.. large.Select(n => (long)n)]), Tensor.Of(b, [.. kept.Select(k => (long)k.Length)]));
            Assert.NotNull(found);
            Assert.All(found.Zip(kept), k => Assert.Equal(k.Second, k.First));
        }
    }

    [Fact]
    public void What_is_no_part_of_a_constant_has_no_indices() =>
        Assert.Null(IndexSearch.Kept(Tensor.Of([1f, 2f, 3f, 4f], 2, 2), Tensor.Of([3f, 1f], 2, 1)));

    [Theory]
    [InlineData("macs>0.7", "macs", true, false, 0.7)]
    [InlineData("latency >= 100%", "latency", true, true, 1)]
    [InlineData("params<0.2", "params", false, false, 0.2)]
    public void A_condition_is_a_quantity_a_sign_and_a_share(string text, string quantity, bool above, bool inclusive, double bound) =>
        Assert.Equal(new DiffThreshold(quantity, above, inclusive, bound), DiffThreshold.Read(text));

    [Theory]
    [InlineData("macs")]
    [InlineData("speed>1")]
    [InlineData("macs>fast")]
    public void Anything_else_is_none(string text) => Assert.Null(DiffThreshold.Read(text));

    [Fact]
    public void Texts_that_differ_in_numbers_are_told_as_ranges() =>
        Assert.Equal("[96,152–288] of 384", BlockFolding.Range(["[96,288] of 384", "[96,152] of 384", "[96,200] of 384"]));

    private static IEnumerable<int[]> Positions(int[][] axes) => axes.Aggregate((IEnumerable<int[]>)[[]], (all, axis) => all.SelectMany(p => axis.Select(i => (int[])[.. p, i])));

    [Theory]
    [InlineData("0 … 7", 0, 1, 2, 3, 4, 5, 6, 7)]
    [InlineData("0, 2, … 8", 0, 2, 4, 6, 8)]
    [InlineData("0 … 3, 8, 10 … 11", 0, 1, 2, 3, 8, 10, 11)]
    [InlineData("1, 4", 1, 4)]
    public void Blocks_that_changed_alike_are_named_in_few_words(string expected, params int[] numbers) => Assert.Equal(expected, BlockFolding.Listed(numbers));
}
