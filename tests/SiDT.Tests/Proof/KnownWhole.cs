namespace SiDT.Tests.Proof;

/// <summary>Kinds of mini-zoo graphs that a better compiler would halve. The list is exact: what is mended must be struck off.</summary>
internal static class KnownWhole
{
    public static readonly IReadOnlyDictionary<(string Graph, string Kind), string> Pairs = new Dictionary<(string, string), string>
    {
        [("behind-reshape", "mlp")] = "reads as the kind 'other': its weight hides behind a Reshape",
        [("flax-einsum-reshaped-kernels", "mlp")] = "reads as the kind 'other': its weight hides behind a Reshape",
        [("deduplicated-packed", "mlp")] = "reads as the kind 'other': its bias is shared with other widths",
        [("deduplicated", "heads")] = "its stored numbers are also those of the stream",
        [("deduplicated", "qk")] = "its stored numbers are also those of the stream",
        [("deduplicated", "v")] = "its stored numbers are also those of the stream",
        [("pooling-attention", "heads")] = "its stored numbers are also those of the stream",
        [("channels-first-einsum", "heads")] = "no dimension of heads is found where Split takes them apart one by one",
        [("glu-inner-norm", "mlp")] = "a mean is taken over it inside the layer, and only the stream may change what a mean is taken over",
        [("spatial-reduction", "other")] = "the reduced copy of the stream has the stream's units",
        [("spatial-reduction-any-size", "other")] = "the reduced copy of the stream has the stream's units",
        [("modulated-split", "other")] = "outputs count as units of this kind too, and they must stay",
        [("modulated-split-optimized", "other")] = "outputs count as units of this kind too, and they must stay",
        [("modulated-stacked", "other")] = "outputs count as units of this kind too, and they must stay",
        [("modulated-stacked-with-shapes", "other")] = "outputs count as units of this kind too, and they must stay",
        [("windows-pyramid", "other")] = "outputs count as units of this kind too, and they must stay",
        [("windows-pyramid-by-size", "other")] = "outputs count as units of this kind too, and they must stay",
    };
}
