namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>How key and value heads become as many as query heads.</summary>
public enum KvRepeat
{
    Expand,
    Tile,
    Concat,
    Broadcast,
}

/// <summary>Sizes of an attention layer and what is done between its products.</summary>
public sealed record AttentionPlan(int Embed, int Heads, int Qk, int V, int Tokens)
{
    /// <summary>Key and value heads; fewer than heads for grouped queries.</summary>
    public int KvHeads { get; init; } = Heads;

    public KvRepeat Repeat { get; init; }

    /// <summary>Width and number of the tokens that keys and values are made of.</summary>
    public int SourceWidth { get; init; } = Embed;

    public int SourceTokens { get; init; } = Tokens;

    public bool QkvBias { get; init; } = true;

    /// <summary>Whether the key projection has a bias where the others have (BEiT has none).</summary>
    public bool KeyBias { get; init; } = true;

    public bool Project { get; init; } = true;

    /// <summary>Rotary embedding or norm on queries and keys, [batch, heads, tokens, width]; the word is "q" or "k".</summary>
    public Func<string, string, string>? OnHeads { get; init; }

    /// <summary>Masks, biases, talking heads before the Softmax.</summary>
    public Func<string, string>? OnLogits { get; init; }

    /// <summary>The same after the Softmax.</summary>
    public Func<string, string>? OnWeights { get; init; }

    /// <summary>An additive mask for fused operators, [heads, tokens, tokens] or what broadcasts to it with a batch.</summary>
    public string? FusedMask { get; init; }

    public int QkWidth => Heads * Qk;

    public int VWidth => Heads * V;

    public int KeyWidth => KvHeads * Qk;

    public int ValueWidth => KvHeads * V;
}
