using SiDT.Backend.Hook.Expressions;

namespace SiDT.Backend.Hook.Structure;

/// <summary>What a piece of the network is, read off what is computed in it.</summary>
internal enum AtomKind
{
    /// <summary>One step: a norm, a layer of its own.</summary>
    Step,

    /// <summary>softmax(q k) v with what belongs to it.</summary>
    Attention,

    /// <summary>Attention to something else than the stream: the memory of an encoder.</summary>
    CrossAttention,

    /// <summary>Linear layers beside the stream.</summary>
    Mlp,

    /// <summary>Convolutions beside the stream.</summary>
    Convolution,

    Other,
}

/// <summary>A run of steps that a single value enters and a single value leaves.</summary>
/// <param name="First">Its first step.</param>
/// <param name="Last">Its last step.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its code without sizes and without names of values: what is equal in atoms that compute the same.</param>
internal sealed record Atom(int First, int Last, AtomKind Kind, string Text)
{
    /// <summary>What repeats: kinds, so that blocks may differ in detail; a step of its own is itself.</summary>
    public string Token => Kind is AtomKind.Step or AtomKind.Other ? Text : Kind.ToString();

    public bool IsAttention => Kind is AtomKind.Attention or AtomKind.CrossAttention;

    /// <summary>The atom of these steps.</summary>
    /// <param name="steps">The network.</param>
    /// <param name="first">The first step.</param>
    /// <param name="last">The last step.</param>
    /// <param name="looksElsewhere">Whether an attention reads keys that are no part of the stream.</param>
    public static Atom Of(IReadOnlyList<Step> steps, int first, int last, Func<AttentionParts, int, bool> looksElsewhere)
    {
        Step[] inside = [.. steps.Skip(first).Take(last - first + 1)];
        string text = string.Join('\n', inside.Select(Describe));
        if (first == last)
            return new Atom(first, last, AtomKind.Step, text);
        IReadOnlyList<AttentionParts> attentions = AttentionParts.In(inside);
        AtomKind kind = attentions.Any(a => looksElsewhere(a, first)) ? AtomKind.CrossAttention
            : attentions.Count > 0 ? AtomKind.Attention
            : inside.SelectMany(s => s.Layers).Any(l => l.Type.StartsWith("Conv", StringComparison.Ordinal)) ? AtomKind.Convolution
            : inside.SelectMany(s => s.Layers).Count(l => l.Type == "Linear") > 1 ? AtomKind.Mlp
            : AtomKind.Other;
        return new Atom(first, last, kind, text);
    }

    private static string Describe(Step step) => string.Concat(step.Code.Pieces.Select(p => p switch
    {
        Literal l => l.Text,
        Member m => $"{m.Layer.Type}({string.Concat(m.Layer.Construct.Pieces.OfType<Literal>().Select(l => l.Text))})",
        Operand => "#",
        _ => "~",
    }));
}
