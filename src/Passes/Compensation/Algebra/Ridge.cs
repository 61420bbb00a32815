namespace SiDT.Passes.Compensation.Algebra;

/// <summary>Least squares with a penalty on length, from second moments (Hoerl and Kennard, Ridge regression, 1970).</summary>
public static class Ridge
{
    /// <summary>(G + strength mean(diag G) I)^-1 B.</summary>
    /// <param name="moments">G [n x n], symmetric, positive semidefinite.</param>
    /// <param name="right">B [n x m].</param>
    /// <param name="strength">Penalty in units of the mean of the diagonal, 0 or more.</param>
    /// <exception cref="AlgebraError">Sizes do not fit, or numbers are not finite.</exception>
    public static Matrix Solve(Matrix moments, Matrix right, double strength) => Factor(moments, strength).Solve(right);

    /// <summary>The factored G + strength mean(diag G) I, to solve more than once.</summary>
    /// <inheritdoc cref="Solve"/>
    public static Cholesky Factor(Matrix moments, double strength)
    {
        if (!(strength >= 0) || double.IsInfinity(strength))
            throw new AlgebraError($"a ridge of strength {strength} is none");
        return Cholesky.Of(moments, Shift(moments, strength));
    }

    /// <summary>strength mean(diag G): what the penalty adds to the diagonal.</summary>
    public static double Shift(Matrix moments, double strength) => moments.Rows == 0 ? 0 : strength * Math.Max(0, moments.Trace() / moments.Rows);
}
