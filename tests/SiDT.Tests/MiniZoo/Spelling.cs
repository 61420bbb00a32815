using SiDT.Frontend;

namespace SiDT.Tests.MiniZoo;

/// <summary>How the values and weights of a file are called.</summary>
public enum Naming
{
    /// <summary><c>/blocks.0/attn/MatMul_output_0</c>.</summary>
    Scoped,

    /// <summary>Counted: <c>123</c>, as exporters wrote before 2022.</summary>
    Numbered,

    /// <summary>Spaces, colons, letters from everywhere; nodes without names; initializers shuffled.</summary>
    Odd,

    /// <summary><c>StatefulPartitionedCall/model/blocks_0/MatMul:0</c>.</summary>
    TensorFlow,
}

/// <summary>Where the numbers of a weight stand.</summary>
public enum Storage
{
    Initializer,
    ConstantNode,
    CastFromFloat16,
    CastFromBFloat16,
    TransposeNode,
    ConcatNode,
    ReshapeNode,

    /// <summary>Behind Identity, as exporters write weights that two layers share.</summary>
    IdentityNode,
    QuantizedPerChannel,
    QuantizedFully,
}

/// <summary>How a reshape says what it wants.</summary>
public enum Shapes
{
    /// <summary>A constant with 0 for the batch.</summary>
    Copied,

    /// <summary>Shape, Gather, Unsqueeze, Concat for the batch.</summary>
    Traced,

    /// <summary>The same for batch, tokens and widths, with the head width by division.</summary>
    TracedWidths,

    /// <summary>Numbers only; the batch is fixed.</summary>
    Static,
}

/// <summary>How a linear layer on tokens is written.</summary>
public enum Linear
{
    MatMulAdd,
    BiasFirst,
    Gemm,
    GemmTransposed,
    Convolution,
    LeftMultiplied,
    Einsum,
    FusedMatMul,
    MatMulNBits,
}

public enum Norm
{
    Layer,
    LayerDecomposed,
    LayerOfSquares,
    LayerTensorFlow,
    LayerSkip,
    Rms,
    RmsDecomposed,
    RmsSimplified,
    RmsL2,
    RmsSkip,
}

public enum Activation
{
    GeluErf,
    GeluNode,
    GeluMs,
    BiasGelu,
    GeluTanh,
    GeluTanhNode,
    FastGelu,
    QuickGelu,
    QuickGeluMs,
    Relu,
    SquaredRelu,
    HardSwish,
    Silu,
    FusedGemmRelu,
}

/// <summary>How query, key and value come out of the stream.</summary>
public enum Qkv
{
    Separate,
    PackedGather,
    PackedGatherAxis2,
    PackedSplitChannels,
    PackedSliceSqueeze,
    PackedSplitSqueeze,
    PackedSlicedChannels,
    HeadsOutermostSplit,
    HeadsOutermostStacked,
    HeadsOutermostSlice,
    HeadsBeforeStack,
}

/// <summary>How the products of attention are written.</summary>
public enum Core
{
    MatMul4,
    BatchedMatMul3,
    SequenceFirst,
    FlaxEinsum,
    OnnxAttention4,
    OnnxAttention3,
    MsAttention,
    MsMultiHeadAttention,
    NchwEinsum,
    NchwGrouped,
}

/// <summary>Where the scale of the logits stands.</summary>
public enum Scale
{
    OnLogits,
    Divided,
    OnQuery,
    OnBoth,
    Runtime,
    RuntimeOnQuery,
}

/// <summary>Everything about a file that is not the network: versions, types, storage, names and the words used for each part.</summary>
public sealed record Spelling
{
    public int Seed { get; init; } = 1;

    public int Opset { get; init; } = 17;

    /// <summary>Version of the file format; 0: the one that came with the opset.</summary>
    public int Ir { get; init; }

    public ElementType Type { get; init; } = ElementType.Float32;

    public Naming Naming { get; init; }

    public Storage Storage { get; init; }

    public Shapes Shapes { get; init; }

    public Linear Linear { get; init; }

    public Norm Norm { get; init; }

    public Activation Activation { get; init; }

    public Qkv Qkv { get; init; }

    public Core Core { get; init; }

    public Scale Scale { get; init; }

    /// <summary>Attention, MLP and norms as model-local functions.</summary>
    public bool Functions { get; init; }

    /// <summary>Equal initializers are stored once; norms and biases then start as ones and zeros.</summary>
    public bool Deduplicated { get; init; }

    /// <summary>Initializers are graph inputs too.</summary>
    public bool InitializersAsInputs { get; init; }

    /// <summary>Dropout, Identity and Cast to the same type where training had something to do.</summary>
    public bool NoOps { get; init; }

    /// <summary>The weights stand in a file beside the model.</summary>
    public bool External { get; init; }

    /// <summary>The batch is a symbol.</summary>
    public bool DynamicBatch => Shapes != Shapes.Static;
}
