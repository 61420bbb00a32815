using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Networks;

public enum PatchEmbedding
{
    Conv,
    ReshapedLinear,
    ChannelsLastConv,
}

public enum Pooling
{
    ClassToken,
    ClassTokenSlice,
    Mean,
    GlobalAverage,
    Flat,
    Attention,
    None,
}

/// <summary>Sizes and options of a plain vision transformer; all sizes differ unless a graph makes them collide.</summary>
public sealed record VitPlan
{
    public int Image { get; init; } = 8;

    public int Patch { get; init; } = 4;

    public int Embed { get; init; } = 12;

    public int Hidden { get; init; } = 20;

    public int Heads { get; init; } = 3;

    public int KvHeads { get; init; }

    public int Qk { get; init; } = 4;

    public int V { get; init; } = 4;

    public int Classes { get; init; } = 7;

    public int Blocks { get; init; } = 2;

    public int Registers { get; init; }

    public int Batch { get; init; } = GraphBuilder.StaticBatch;

    public PatchEmbedding Patches { get; init; }

    public Pooling Pooling { get; init; }

    public Mlp Mlp { get; init; }

    public KvRepeat Repeat { get; init; }

    public RotaryStyle Rotary { get; init; }

    public bool PositionsByGather { get; init; }

    public bool LayerScale { get; init; }

    public bool QkNorm { get; init; }

    public bool TalkingHeads { get; init; }

    public bool RelativeBias { get; init; }

    public bool SharedRelativeBias { get; init; }

    public bool DirectBias { get; init; }

    public bool HeadMask { get; init; }

    public bool PaddingMask { get; init; }

    public bool Tied { get; init; }

    public bool Project { get; init; } = true;

    public bool QkvBias { get; init; } = true;

    public bool KeyBias { get; init; } = true;

    public bool MlpBias { get; init; } = true;

    /// <summary>A second class token whose head is averaged with the first.</summary>
    public bool Distilled { get; init; }

    /// <summary>Outputs besides the logits.</summary>
    public bool HiddenStatesOut { get; init; }

    public bool AttentionOut { get; init; }

    public int Grid => Image / Patch;

    public int PatchCount => Grid * Grid;

    public int Leading => Pooling is Pooling.ClassToken or Pooling.ClassTokenSlice ? 1 + Registers + (Distilled ? 1 : 0) : Registers;

    public int Tokens => PatchCount + Leading;
}
