namespace SiDT.Passes.Compensation.Algebra;

/// <summary>The directions of what several pairs of linear layers read, x V_g W_g, of which they make most: the best common space of its width for all.</summary>
public static class NeededDirections
{
    /// <param name="moments">E x x' [n x n].</param>
    /// <param name="writers">V_g [n x units].</param>
    /// <param name="readers">W_g [units x out].</param>
    /// <param name="count">How many; zeros stand for those beyond n.</param>
    /// <returns>[n x count], what is read along each of the mean square 1, the most needed first.</returns>
    /// <exception cref="AlgebraError">Sizes do not fit, or numbers are not finite.</exception>
    public static Matrix Of(Matrix moments, IReadOnlyList<Matrix> writers, IReadOnlyList<Matrix> readers, int count)
    {
        int n = moments.Square("moments");
        (Matrix root, Matrix inverse) = Symmetric.Of(moments.Finite("moments")).Roots();
        var need = new Matrix(n, n);
        for (int g = 0; g < writers.Count; g++)
        {
            Matrix made = root.Times(writers[g].Finite("weights").Times(readers[g].Finite("weights")));
            Simd.AddScaled(need.Data, 1, made.TimesTransposed(made).Data);
        }
        Matrix axes = Symmetric.Of(need.Symmetrized()).Vectors.Top(Math.Min(n, count)).Times(inverse);
        var directions = new Matrix(n, count);
        for (int i = 0; i < axes.Rows; i++)
        {
            for (int f = 0; f < n; f++)
                directions[f, i] = axes[i, f];
        }
        return directions;
    }
}
