using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>Layers that several nodes spell together, found by what they compute. The first that fits is taken.</summary>
internal static class Recognisers
{
    private static readonly Func<Value, Translation, Step?>[] s_all =
    [
        NormRecogniser.Find,
        GroupNormRecogniser.Find,
        ActivationRecogniser.Find,
        LinearRecogniser.Find,
        RollRecogniser.Find,
        StackRecogniser.Find,
        SelectRecogniser.Find,
        LayoutRecogniser.Find,
    ];

    /// <summary>The layer whose result <paramref name="value"/> is; null if none is known.</summary>
    public static Step? Find(Value value, Translation translation) =>
        translation.IsConstant(value) ? NormRecogniser.Find(value, translation) : s_all.Select(r => r(value, translation)).FirstOrDefault(s => s is not null);
}
