namespace SiDT.Tests.Proof;

/// <summary>Kinds of mini-zoo graphs that a better compiler would halve. The list is exact: what is mended must be struck off.</summary>
internal static class KnownWhole
{
    public static readonly IReadOnlyDictionary<(string Graph, string Kind), string> Pairs = new Dictionary<(string, string), string>
    {
        [("pooling-attention", "heads")] = "its stored numbers are also those of the stream",
        [("channels-first-einsum", "heads")] = "has no dimension of this kind: none is found or it reads as another",
        [("spatial-reduction", "other")] = "outputs count as units of this kind too, and they must stay",
        [("spatial-reduction-any-size", "other")] = "outputs count as units of this kind too, and they must stay",
        [("modulated-split", "other")] = "outputs count as units of this kind too, and they must stay",
        [("modulated-split-optimized", "other")] = "outputs count as units of this kind too, and they must stay",
        [("modulated-stacked", "other")] = "outputs count as units of this kind too, and they must stay",
        [("modulated-stacked-with-shapes", "other")] = "outputs count as units of this kind too, and they must stay",
        [("windows-pyramid", "other")] = "outputs count as units of this kind too, and they must stay",
        [("windows-pyramid-by-size", "other")] = "outputs count as units of this kind too, and they must stay",
    };
}
