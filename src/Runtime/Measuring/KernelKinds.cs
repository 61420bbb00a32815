namespace SiDT.Runtime;

/// <summary>The operators whose time is taken, and what their sizes are. Every node of a graph is timed like one of them.</summary>
public static class KernelKinds
{
    /// <summary>Activation by weight: rows, inner size, outputs.</summary>
    public const string Linear = "Linear";

    /// <summary>Activation by activation: batch, rows, inner size, columns.</summary>
    public const string MatMul = "MatMul";

    /// <summary>Groups, pixels, channels read by each group, channels made by each group, pixels of the kernel.</summary>
    public const string Conv = "Conv";

    /// <summary>Rows, width.</summary>
    public const string Norm = "LayerNormalization";

    /// <summary>Rows, width.</summary>
    public const string Softmax = "Softmax";

    /// <summary>Elements.</summary>
    public const string Add = "Add";

    /// <summary>Elements.</summary>
    public const string Erf = "Erf";

    /// <summary>Elements.</summary>
    public const string Transpose = "Transpose";

    private static readonly Dictionary<string, string[]> s_sizes = new(StringComparer.Ordinal)
    {
        [Linear] = ["rows", "inner", "outputs"],
        [MatMul] = ["batch", "rows", "inner", "columns"],
        [Conv] = ["groups", "pixels", "inputs", "outputs", "window"],
        [Norm] = ["rows", "width"],
        [Softmax] = ["rows", "width"],
        [Add] = ["elements"],
        [Erf] = ["elements"],
        [Transpose] = ["elements"],
    };

    public static IReadOnlyCollection<string> All => s_sizes.Keys;

    /// <summary>The names of the sizes of an operator; null for a word that is none of <see cref="All"/>.</summary>
    public static IReadOnlyList<string>? Sizes(string kind) => s_sizes.GetValueOrDefault(kind);

    /// <summary>What share of an operator's time is attributed together, whatever the graph calls it.</summary>
    public static WorkClass ClassOf(string kind) => kind switch
    {
        Linear or MatMul or Conv => WorkClass.Products,
        Norm => WorkClass.Norms,
        Softmax => WorkClass.Softmax,
        Transpose => WorkClass.Movement,
        _ => WorkClass.Pointwise,
    };

    /// <summary>The class of an operator as ONNX Runtime's profile calls it.</summary>
    public static WorkClass ClassOfNode(string opType)
    {
        bool Has(string part) => opType.Contains(part, StringComparison.OrdinalIgnoreCase);
        if (Has("MatMul") || Has("Gemm") || Has("Conv") || Has("Attention") || Has("Einsum") || Has("LSTM") || Has("GRU"))
            return WorkClass.Products;
        if (Has("Norm") || opType.StartsWith("Reduce", StringComparison.Ordinal))
            return WorkClass.Norms;
        if (Has("Softmax"))
            return WorkClass.Softmax;
        return opType is "Transpose" or "Concat" or "Slice" or "Split" or "Gather" or "GatherND" or "GatherElements" or "Pad" or "Expand" or "Tile" or "Resize" or "Reshape" or "Cast"
            or "DepthToSpace" or "SpaceToDepth" or "Squeeze" or "Unsqueeze" or "Flatten" or "ReorderInput" or "ReorderOutput"
            ? WorkClass.Movement
            : WorkClass.Pointwise;
    }
}

/// <summary>Kinds of work that a processor does at different speeds.</summary>
public enum WorkClass
{
    /// <summary>Matrix products and convolutions.</summary>
    Products,
    Norms,
    Softmax,

    /// <summary>Functions of single positions, and sums.</summary>
    Pointwise,

    /// <summary>Transposes, selections, joins.</summary>
    Movement,
}
