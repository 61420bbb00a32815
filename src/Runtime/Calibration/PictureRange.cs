namespace SiDT.Runtime;

/// <summary>What the smallest and largest pixel become, by channel.</summary>
internal sealed class PictureRange(Preprocessing preprocessing)
{
    public float Low(int channel) => Of(0, channel);

    public float High(int channel) => Of(255, channel);

    private float Of(double pixel, int channel) =>
        (float)(((pixel * preprocessing.Scale) - At(preprocessing.Mean, channel)) / At(preprocessing.Std, channel));

    private static float At(IReadOnlyList<float> numbers, int channel) => numbers[Math.Min(channel, numbers.Count - 1)];
}
