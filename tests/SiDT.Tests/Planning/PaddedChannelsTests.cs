using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.MiniZoo.Networks;
using Xunit;

namespace SiDT.Tests.Planning;

/// <summary>A shortcut that is padded to more channels: what weights make goes, and so do the places that padding made beside it.</summary>
public class PaddedChannelsTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(3, 1)]
    public void Channels_and_what_they_are_padded_with_can_both_go(int before, int after)
    {
        Analysed model = Padded(before, after);
        Dimension narrow = model.Free.Single(d => d.Size == 6), wide = model.Free.Single(d => d.Size == 4);
        var selection = new UnitSelection(new Dictionary<Dimension, int[][]> { [narrow] = [[1, 4]], [wide] = [[0, 2, 3]] });

        Assert.True(model.Prove(selection).Holds);
    }

    private static Analysed Padded(int before, int after)
    {
        var g = new GraphBuilder(new Spelling());
        string x = g.Op("Relu", g.Conv(ConvNets.Pixels(g), "stem", 3, 6, 3, 2));
        ConvNets.Classified(g, g.Op("Relu", g.Add(g.Pad(x, 0, before, 0, 0, 0, after, 0, 0), g.Conv(x, "wide", 6, 10, 1))), 10);
        return new Analysed(g.Build());
    }
}
