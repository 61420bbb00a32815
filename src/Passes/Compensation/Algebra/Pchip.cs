namespace SiDT.Passes.Compensation.Algebra;

/// <summary>A smooth curve through points that rises where they rise and falls where they fall (Fritsch and Carlson, 1980; slopes by Fritsch and Butland, 1984).</summary>
public sealed class Pchip
{
    private readonly double[] _x, _y, _slopes;

    /// <param name="x">Strictly rising, at least one.</param>
    /// <param name="y">As many.</param>
    /// <exception cref="AlgebraError">Sizes do not fit, x does not rise, or numbers are not finite.</exception>
    public Pchip(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length == 0 || x.Length != y.Length)
            throw new AlgebraError($"{x.Length} places and {y.Length} heights make no curve");
        Matrix.RequireFinite(x, "the places of a curve");
        Matrix.RequireFinite(y, "the heights of a curve");
        for (int i = 1; i < x.Length; i++)
        {
            if (!(x[i] > x[i - 1]))
                throw new AlgebraError("the places of a curve do not rise");
        }
        (_x, _y, _slopes) = (x.ToArray(), y.ToArray(), new double[x.Length]);
        SetSlopes();
    }

    /// <summary>The height at <paramref name="at"/>; outside of the points, that of the nearest one.</summary>
    public double this[double at]
    {
        get
        {
            int last = _x.Length - 1;
            if (at <= _x[0])
                return _y[0];
            if (at >= _x[last])
                return _y[last];
            int i = Array.BinarySearch(_x, at);
            if (i >= 0)
                return _y[i];
            i = ~i - 1;
            double width = _x[i + 1] - _x[i], t = (at - _x[i]) / width, u = 1 - t;
            return u * u * ((1 + 2 * t) * _y[i] + t * width * _slopes[i]) + t * t * ((3 - 2 * t) * _y[i + 1] - u * width * _slopes[i + 1]);
        }
    }

    private void SetSlopes()
    {
        int n = _x.Length;
        if (n == 1)
            return;
        double[] widths = [.. Enumerable.Range(0, n - 1).Select(i => _x[i + 1] - _x[i])];
        double[] secants = [.. Enumerable.Range(0, n - 1).Select(i => (_y[i + 1] - _y[i]) / widths[i])];
        if (n == 2)
        {
            _slopes[0] = _slopes[1] = secants[0];
            return;
        }
        for (int i = 1; i < n - 1; i++)
        {
            if (secants[i - 1] * secants[i] <= 0)
                continue;
            double w1 = 2 * widths[i] + widths[i - 1], w2 = widths[i] + 2 * widths[i - 1];
            _slopes[i] = (w1 + w2) / (w1 / secants[i - 1] + w2 / secants[i]);
        }
        _slopes[0] = End(widths[0], widths[1], secants[0], secants[1]);
        _slopes[n - 1] = End(widths[^1], widths[^2], secants[^1], secants[^2]);
    }

    private static double End(double near, double far, double first, double second)
    {
        double slope = ((2 * near + far) * first - near * second) / (near + far);
        if (slope * first <= 0)
            return 0;
        return first * second <= 0 && Math.Abs(slope) > 3 * Math.Abs(first) ? 3 * first : slope;
    }
}
