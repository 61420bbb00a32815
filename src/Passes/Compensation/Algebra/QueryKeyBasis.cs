namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// A basis for the queries and keys of one head in which the first k positions carry the best bilinear form q'k of rank k under the
/// second moments of both sides: U S V' = svd(Cq^1/2 Ck^1/2), q' = S^1/2 U' Cq^-1/2 q, k' = S^1/2 V' Ck^-1/2 k.
/// </summary>
/// <param name="Query">Pq [d x d]: q' = Pq q, for weight and bias alike; the first k rows for rank k.</param>
/// <param name="Key">Pk [d x d]: k' = Pk k.</param>
/// <param name="Values">S [d], falling: the loss of rank k is the sum of the squares behind k.</param>
public sealed record QueryKeyBasis(Matrix Query, Matrix Key, double[] Values)
{
    /// <param name="queries">Cq [d x d]: weighted second moments of q with its bias; summed over queries that share the keys.</param>
    /// <param name="keys">Ck [d x d]: the metric of the keys.</param>
    /// <exception cref="AlgebraError">Sizes do not fit, or numbers are not finite.</exception>
    public static QueryKeyBasis Of(Matrix queries, Matrix keys)
    {
        if (queries.Square("moments of queries") != keys.Square("moments of keys"))
            throw new AlgebraError($"queries of width {queries.Rows} do not fit keys of width {keys.Rows}");
        (Matrix queryRoot, Matrix queryInverse) = Symmetric.Of(queries).Roots();
        (Matrix keyRoot, Matrix keyInverse) = Symmetric.Of(keys).Roots();
        Svd svd = Svd.Of(queryRoot.Times(keyRoot));
        Matrix query = svd.U.TransposedTimes(queryInverse), key = svd.V.TransposedTimes(keyInverse);
        for (int i = 0; i < svd.Values.Length; i++)
        {
            double root = Math.Sqrt(svd.Values[i]);
            foreach (ref double x in query.Row(i))
                x *= root;
            foreach (ref double x in key.Row(i))
                x *= root;
        }
        return new QueryKeyBasis(query, key, svd.Values);
    }
}
