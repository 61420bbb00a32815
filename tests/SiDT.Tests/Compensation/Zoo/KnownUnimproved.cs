namespace SiDT.Tests.Compensation.Zoo;

/// <summary>Kinds of mini-zoo graphs of which compensation saves nothing. The list is exact: what is mended must be struck off.</summary>
internal static class KnownUnimproved
{
    private const string Body = "a body reads it, and bodies are left alone";
    private const string Judged = "the samples that judge find plain selection better";
    private const string FewBits = "the numbers that read it are quantised, and stay as they are";
    private const string Sets = "positions go in sets, and judged by other samples the choice of the criterion is the best one";

    public static readonly IReadOnlyDictionary<(string Graph, string Kind), string> Pairs = new Dictionary<(string, string), string>
    {
        [("opset-11-static", "heads")] = Judged,
        [("opset-22", "heads")] = Judged,
        [("operator-without-rule", "heads")] = Judged,
        [("qdq-weights", "heads")] = FewBits,
        [("qdq-weights", "v")] = FewBits,
        [("qdq-fully", "mlp")] = FewBits,
        [("qdq-fully", "heads")] = FewBits,
        [("qdq-fully", "v")] = FewBits,
        [("grouped-expand", "qk")] = Sets,
        [("grouped-tile", "qk")] = Sets,
        [("grouped-attention-node", "qk")] = Sets,
        [("grouped-attention-node-3d", "qk")] = Sets,
        [("loop", "other")] = Body,
        [("grouped-expand-optimized", "qk")] = Sets,
        [("opset-22-with-shapes", "heads")] = Judged,
    };
}
