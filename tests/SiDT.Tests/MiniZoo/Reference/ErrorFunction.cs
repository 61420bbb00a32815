namespace SiDT.Tests.MiniZoo.Reference;

/// <summary>The error function to the last digits of a double, by its series.</summary>
internal static class ErrorFunction
{
    public static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    public static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        double term = x, sum = x; // erf(x) = 2/sqrt(pi) exp(-x^2) sum of x (2 x^2)^n / (2n+1)!!
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            sum += term *= 2 * x * x / ((2 * n) + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
