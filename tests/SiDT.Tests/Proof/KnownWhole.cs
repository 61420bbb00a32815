namespace SiDT.Tests.Proof;

/// <summary>Kinds of mini-zoo graphs that a better compiler would halve. The list is exact: what is mended must be struck off.</summary>
internal static class KnownWhole
{
    public static readonly IReadOnlyDictionary<(string Graph, string Kind), string> Pairs = new Dictionary<(string, string), string>
    {
    };
}
