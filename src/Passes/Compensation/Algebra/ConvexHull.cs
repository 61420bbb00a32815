namespace SiDT.Passes.Compensation.Algebra;

/// <summary>The lower convex hull of points (Andrew, 1979).</summary>
public static class ConvexHull
{
    /// <summary>Indices of the points on the lower hull, from the first to the last; slopes between them rise.</summary>
    /// <param name="x">Strictly rising.</param>
    /// <param name="y">As many.</param>
    public static int[] Lower(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        List<int> hull = [];
        for (int i = 0; i < x.Length; i++)
        {
            while (hull.Count >= 2 && Above(x, y, hull[^2], hull[^1], i))
                hull.RemoveAt(hull.Count - 1);
            hull.Add(i);
        }
        return [.. hull];
    }

    private static bool Above(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int left, int middle, int right) =>
        (y[middle] - y[left]) * (x[right] - x[left]) >= (y[right] - y[left]) * (x[middle] - x[left]);
}
