namespace SiDT.Runtime;

/// <summary>
/// Neighbouring samples that are mixed with one another and with no others, so that groups can be held out, or worked on by
/// other machines, without a trace of one group in another.
/// </summary>
/// <param name="Samples">Samples of all groups.</param>
/// <param name="Count">How many groups there are; their sizes differ by one at most.</param>
internal readonly record struct SampleGroups(int Samples, int Count)
{
    private const int Usual = 4, Least = 2;

    /// <summary>Groups of about four, of two where samples are few; of one where nothing is mixed.</summary>
    public static SampleGroups Of(int samples, bool mixed)
    {
        int size = !mixed ? 1 : samples < 8 * Usual ? Least : Usual;
        return new SampleGroups(samples, Math.Max(1, samples / size));
    }

    /// <summary>The first sample of a group.</summary>
    public int Start(int group) => (int)((long)group * Samples / Count);

    public int Size(int group) => Start(group + 1) - Start(group);

    public int GroupOf(int sample)
    {
        int group = (int)((long)sample * Count / Samples);
        while (Start(group + 1) <= sample)
            group++;
        return group;
    }
}
