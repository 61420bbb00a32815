namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// A basis for the values of one head in which the first k positions carry the best approximation of rank k of what the head adds to
/// the output, y = W' o, under the second moments C of o: U S V' = svd(W' C^1/2), P = V' C^-1/2.
/// </summary>
/// <param name="Transform">P [d x d]: o' = P o, for the value weight and bias alike; the first k rows for rank k.</param>
/// <param name="Inverse">The inverse of P [d x d]; the consumer's new weight is its first k columns, transposed, times W.</param>
/// <param name="Values">S [d], falling: the loss of rank k is the sum of the squares behind k.</param>
public sealed record ValueBasis(Matrix Transform, Matrix Inverse, double[] Values)
{
    /// <param name="weight">W [d x out]: the head's rows of the output projection.</param>
    /// <param name="moments">C = E o o' [d x d]; centred where a bias makes the mean good.</param>
    /// <exception cref="AlgebraError">Sizes do not fit, or numbers are not finite.</exception>
    public static ValueBasis Of(Matrix weight, Matrix moments)
    {
        if (moments.Square("moments of values") != weight.Rows)
            throw new AlgebraError($"moments of width {moments.Rows} do not fit a weight of {weight.Rows} x {weight.Columns}");
        (Matrix root, Matrix inverse) = Symmetric.Of(moments).Roots();
        Matrix half = root.Times(weight.Finite("weights"));
        Symmetric axes = Symmetric.Of(half.TimesTransposed(half));
        return new ValueBasis(axes.Vectors.Times(inverse), root.TimesTransposed(axes.Vectors), [.. axes.Values.Select(x => Math.Sqrt(Math.Max(0, x)))]);
    }

    /// <summary>The consumer's weight [k x out] for the first k positions; at full rank the output is unchanged.</summary>
    public Matrix Consumer(Matrix weight, int rank) => Inverse.SelectColumns([.. Enumerable.Range(0, rank)]).TransposedTimes(weight);
}
