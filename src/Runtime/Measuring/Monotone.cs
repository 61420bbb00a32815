namespace SiDT.Runtime;

/// <summary>Takes out of measured times what only noise can say: that a smaller size takes a little longer. Steps larger than the noise stay.</summary>
internal static class Monotone
{
    /// <param name="times">Times at all combinations of sizes, the last size running fastest; changed in place.</param>
    /// <param name="counts">How many values each size has.</param>
    /// <param name="noise">The share by which neighbours may differ by chance.</param>
    public static void Run(double[] times, int[] counts, double noise)
    {
        int stride = 1;
        for (int d = counts.Length - 1; d >= 0; stride *= counts[d--])
        {
            for (int line = 0; line < times.Length; line++)
            {
                if (line / stride % counts[d] == 0)
                    Line(times, line, stride, counts[d], noise);
            }
        }
    }

    // pools neighbours that are out of order by less than the noise
    private static void Line(double[] times, int first, int stride, int count, double noise)
    {
        for (int i = 1; i < count; i++)
        {
            ref double before = ref times[first + ((i - 1) * stride)];
            ref double here = ref times[first + (i * stride)];
            if (before > here && before <= here * (1 + noise))
                before = here = (before + here) / 2;
        }
    }
}
