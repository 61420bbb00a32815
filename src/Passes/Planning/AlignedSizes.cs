namespace SiDT.Passes.Planning;

/// <summary>
/// Widths that computers like: multiples of a number. A preference only, which never keeps a dimension whole:
/// one that has no smaller multiple shrinks to any size.
/// </summary>
internal static class AlignedSizes
{
    private const int Usual = 8, UsualFrom = 16, LargestStep = 64;

    /// <summary>A step is flat if all but its last unit save less than this share of it.</summary>
    private const double Flat = 0.25;

    /// <summary>The multiple that a budget uses for a dimension of this size if none is asked for.</summary>
    public static int UsualFor(int size) => size % UsualFrom == 0 ? Usual : 1;

    /// <summary>
    /// The multiple that measured times prefer: the largest for which going a little below one saves next to nothing before the next one is
    /// reached; null where times fall unit by unit, or where nobody looked.
    /// </summary>
    /// <param name="size">The dimension's size.</param>
    /// <param name="time">What the whole costs when so many units are kept.</param>
    public static int? Measured(int size, Func<int, long> time)
    {
        for (int align = LargestStep; align >= 2; align /= 2)
        {
            int steps = 0, flat = 0;
            for (int multiple = align * 2; multiple <= size; multiple += align)
            {
                long here = time(multiple), below = time(multiple - align), nearly = time(multiple - align + 1);
                steps++;
                flat += here > below && here - nearly <= Flat * (here - below) ? 1 : 0;
            }
            if (steps > 0 && flat > steps / 2)
                return align;
        }
        return null;
    }

    /// <summary>The multiple nearest to a kept count that was asked for, the larger of two; the count itself if that would be none or all.</summary>
    public static int Nearest(int kept, int size, int align)
    {
        if (kept >= size || align <= 1 || align >= size)
            return kept;
        int multiple = Math.Max(align, (kept + (align / 2)) / align * align);
        return multiple < size ? multiple : kept;
    }

    /// <summary>The next smaller count to try: the next multiple below, or one less where there is none.</summary>
    public static int Below(int kept, int size, int align) => align <= 1 || align >= size ? kept - 1 : (kept - 1) / align * align;

    /// <summary>A least count brought up to a multiple, where that does not keep the dimension whole.</summary>
    public static int Above(int least, int size, int align) => align > 1 && (least + align - 1) / align * align is var multiple && multiple < size ? multiple : least;
}
