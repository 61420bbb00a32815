using SiDT.Tests.MiniZoo.Families;

namespace SiDT.Tests.MiniZoo;

/// <summary>Every graph of the mini-zoo.</summary>
public static class MiniZooGraphs
{
    private static readonly Dictionary<string, MiniZooGraph> ByName = Listed().ToDictionary(g => g.Name);

    public static IEnumerable<MiniZooGraph> All => ByName.Values;

    public static MiniZooGraph Named(string name) => ByName[name];

    private static List<MiniZooGraph> Listed()
    {
        List<MiniZooGraph> written =
        [
            .. PackedProjections.All,
            .. LinearSpellings.All,
            .. VitDesigns.All,
            .. OtherDesigns.All,
            .. StreamsAndOddities.All,
        ];
        return [.. written, .. RewrittenGraphs.From(written)];
    }
}
