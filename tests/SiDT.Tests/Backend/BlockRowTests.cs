using SiDT.Backend.Reporting;
using SiDT.Passes.Planning;
using Xunit;

namespace SiDT.Tests.Backend;

public sealed class BlockRowTests
{
    [Fact]
    public void Equal_blocks_in_a_row_are_one_row() => Assert.Equal(
        ["patch", "blocks.0 … 2", "blocks.3"],
        Names(true, ("patch.embed", 8), ("blocks.0.mlp", 4), ("blocks.1.mlp", 4), ("blocks.2.mlp", 4), ("blocks.3.mlp", 6)));

    [Fact]
    public void Every_block_is_a_row_when_all_are_asked_for() => Assert.Equal(
        ["blocks.0", "blocks.1"], Names(false, ("blocks.0.mlp", 4), ("blocks.1.mlp", 4)));

    [Fact]
    public void Blocks_that_do_not_follow_each_other_stay_apart() => Assert.Equal(
        ["blocks.0", "blocks.2"], Names(true, ("blocks.0.mlp", 4), ("blocks.2.mlp", 4)));

    [Fact]
    public void A_block_is_named_up_to_its_last_number() => Assert.Equal(
        ["layers.1.blocks.0"], Names(true, ("layers.1.blocks.0.attn.qk", 4), ("layers.1.blocks.0.attn.proj.v", 4)));

    [Fact]
    public void A_number_at_the_end_of_a_word_is_one_too() => Assert.Equal(
        ["layers.layer_0 … 1"],
        Names(true, ("layers.layer_0.attention.qk", 2), ("layers.layer_0.mlp", 4), ("layers.layer_1.mlp", 4), ("layers.layer_1.attention.qk", 2)));

    [Fact]
    public void But_not_where_parts_are_numbers_alone() => Assert.Equal(
        ["layers.0"], Names(true, ("layers.0.ffn.dense_1.mlp", 4), ("layers.0.ffn.dense_2.mlp", 4)));

    [Fact]
    public void Dimensions_without_names_are_counted_into_blocks_where_there_are_equally_many() => Assert.Equal(
        ["", "block 0 … 1"], Names(true, ("embed.0", 8), ("qk.0", 2), ("mlp.0", 4), ("qk.1", 2), ("mlp.1", 4)));

    [Fact]
    public void Dimensions_without_names_are_of_the_whole_network_otherwise() => Assert.Equal(
        [""], Names(true, ("qk.0", 2), ("mlp.0", 4), ("qk.1", 2), ("mlp.1", 4), ("mlp.2", 4)));

    [Fact]
    public void Several_streams_are_no_blocks() => Assert.Equal(
        ["", "a.0", "b.0"], Names(true, ("embed.0", 8), ("a.0.mlp", 4), ("embed.1", 6), ("b.0.mlp", 3)));

    private static IEnumerable<string> Names(bool merge, params (string Id, int Size)[] dimensions) =>
        BlockRow.Of(dimensions.Select(d => Dimension(d.Id, d.Size)), merge).Select(r => r.Name);

    private static PlanDimension Dimension(string id, int size) =>
        new(id, id.Split('.').Last(p => !p.All(char.IsDigit)), size, 1, size, PlanDimension.Whole, null, "index", "none", new PlanRemoved([[]]), []);
}
