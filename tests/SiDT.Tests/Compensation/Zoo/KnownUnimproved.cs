namespace SiDT.Tests.Compensation.Zoo;

/// <summary>Kinds of mini-zoo graphs of which compensation saves nothing. The list is exact: what is mended must be struck off.</summary>
internal static class KnownUnimproved
{
    private const string Fused = "queries and keys meet inside one operator, where their moments are not observed";
    private const string FewBits = "the numbers that read it are quantised, and stay as they are";
    private const string Sets = "positions go in sets, and judged by other samples the choice of the criterion is the best one";

    public static readonly IReadOnlyDictionary<(string Graph, string Kind), string> Pairs = new Dictionary<(string, string), string>
    {
//LIST
    };
}
