using SiDT.Tests.MiniZoo.Families;

namespace SiDT.Tests.MiniZoo;

/// <summary>Every graph of the mini-zoo.</summary>
public static class MiniZooGraphs
{
    public static IEnumerable<MiniZooGraph> All =>
    [
        .. PackedProjections.All,
        .. LinearSpellings.All,
        .. VitDesigns.All,
        .. OtherDesigns.All,
        .. StreamsAndOddities.All,
    ];

    public static MiniZooGraph Named(string name) => All.Single(g => g.Name == name);
}
