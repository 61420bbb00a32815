namespace SiDT.Runtime;

/// <summary>A flat shape in a picture: an ellipse, or a convex polygon with its corners on one.</summary>
internal readonly struct Leaf
{
    private const int MostCorners = 6;

    private readonly double _x, _y, _long, _short, _cos, _sin;
    private readonly double[]? _corners; // angles on the ellipse, ascending

    private Leaf(double x, double y, double radius, double aspect, double turn, double[]? corners)
    {
        (_x, _y, _long, _short) = (x, y, radius, radius * aspect);
        (_sin, _cos) = Math.SinCos(turn);
        _corners = corners;
    }

    /// <summary>A leaf of about the given radius somewhere in a picture, two of three round, one with 3 to 6 corners.</summary>
    public static Leaf Draw(ref SplitMix random, int height, int width, double radius)
    {
        double x = random.Next() * width, y = random.Next() * height, aspect = random.Next(0.4, 1), turn = random.Next(0, Math.PI);
        if (random.Below(3) > 0)
            return new Leaf(x, y, radius, aspect, turn, null);
        var corners = new double[3 + random.Below(MostCorners - 2)];
        for (int i = 0; i < corners.Length; i++)
            corners[i] = (i + random.Next(0, 0.8)) * 2 * Math.PI / corners.Length;
        return new Leaf(x, y, radius * 1.3, aspect, turn, corners);
    }

    /// <summary>The columns that the leaf covers in row <paramref name="y"/>, from the first up to but not including the last.</summary>
    public (int From, int To) Columns(int y, int width)
    {
        (double from, double to) = _corners is null ? Ellipse(y + 0.5 - _y) : Polygon(y + 0.5 - _y);
        return ((int)Math.Clamp(Math.Round(_x + from), 0, width), (int)Math.Clamp(Math.Round(_x + to), 0, width));
    }

    /// <summary>The rows that it may reach.</summary>
    public (int From, int To) Rows(int height) => ((int)Math.Clamp(_y - _long, 0, height), (int)Math.Clamp(_y + _long + 1, 0, height));

    private (double From, double To) Ellipse(double y)
    {
        // (x cos + y sin)^2 / a^2 + (y cos - x sin)^2 / b^2 = 1, solved for x
        double a = 1 / (_long * _long), b = 1 / (_short * _short);
        double square = (a * _cos * _cos) + (b * _sin * _sin), half = y * _sin * _cos * (a - b), rest = (y * y * ((a * _sin * _sin) + (b * _cos * _cos))) - 1;
        double root = (half * half) - (square * rest);
        if (root <= 0)
            return (0, 0);
        root = Math.Sqrt(root);
        return ((-half - root) / square, (-half + root) / square);
    }

    private (double From, double To) Polygon(double y)
    {
        double from = double.PositiveInfinity, to = double.NegativeInfinity;
        (double x0, double y0) = Corner(_corners![^1]);
        foreach (double angle in _corners)
        {
            (double x1, double y1) = Corner(angle);
            if (y0 <= y != y1 <= y)
            {
                double x = x0 + ((x1 - x0) * (y - y0) / (y1 - y0));
                (from, to) = (Math.Min(from, x), Math.Max(to, x));
            }
            (x0, y0) = (x1, y1);
        }
        return from <= to ? (from, to) : (0, 0);
    }

    private (double X, double Y) Corner(double angle)
    {
        (double sin, double cos) = Math.SinCos(angle);
        return ((cos * _long * _cos) - (sin * _short * _sin), (cos * _long * _sin) + (sin * _short * _cos));
    }
}
