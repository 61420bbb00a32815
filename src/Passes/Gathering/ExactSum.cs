namespace SiDT.Passes.Gathering;

/// <summary>
/// Sums of float32 numbers that do not depend on the order of adding: each is kept as two float64 numbers, what fits and what is left
/// (Knuth, "The Art of Computer Programming" 2, 4.2.2, theorem B). Together they are exact as long as the numbers of one sum differ by
/// less than 2^70 in size, so that parts can be gathered anywhere and added in any order.
/// </summary>
/// <param name="high">The sums, rounded to float64.</param>
/// <param name="low">What rounding took from them.</param>
internal sealed class ExactSum(double[] high, double[] low)
{
    public ExactSum(int length)
        : this(new double[length], new double[length])
    {
    }

    public ReadOnlySpan<double> High => high;

    public ReadOnlySpan<double> Low => low;

    public void Add(ReadOnlySpan<float> numbers, double weight)
    {
        for (int i = 0; i < numbers.Length; i++)
            Add(i, numbers[i] * weight);
    }

    public void Add(ExactSum other)
    {
        for (int i = 0; i < high.Length; i++)
        {
            Add(i, other.High[i]);
            Add(i, other.Low[i]);
        }
    }

    private void Add(int i, double number)
    {
        (double sum, double rest) = Both(high[i], number);
        (high[i], low[i]) = Both(sum, low[i] + rest);
    }

    /// <summary>A sum, and what rounding took from it.</summary>
    private static (double Sum, double Lost) Both(double a, double b)
    {
        double sum = a + b, part = sum - a;
        return (sum, (a - (sum - part)) + (b - part));
    }
}
