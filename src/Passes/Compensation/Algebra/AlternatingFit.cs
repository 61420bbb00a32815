namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// Two linear layers with a narrow place between, y = sum over groups g of z_g V_g W_g, fitted in turns to a linear map y = z M of what they could
/// read: min E|z (V W - M)|^2, V held near what it was. With W given V is a ridge regression, and the other way round. One group alone is reduced-rank
/// regression (Izenman, "Reduced-rank regression for the multivariate linear model", 1975), which has a closed form; several that share z or
/// their outputs (the heads of attention) do not.
/// </summary>
public sealed class AlternatingFit
{
    private readonly Matrix _moments, _lack;
    private readonly int[][] _columns;
    private readonly Matrix[] _writers, _readers;

    /// <param name="moments">G = E z z' - mz mz' [n x n].</param>
    /// <param name="target">M [n x out].</param>
    /// <param name="columns">For each group, which positions of z it reads.</param>
    /// <param name="writers">V_g [positions of the group x width] to begin with.</param>
    /// <param name="readers">W_g [width x out] to begin with.</param>
    /// <exception cref="AlgebraError">Sizes do not fit, or numbers are not finite.</exception>
    public AlternatingFit(Matrix moments, Matrix target, IReadOnlyList<int[]> columns, IReadOnlyList<Matrix> writers, IReadOnlyList<Matrix> readers)
    {
        int n = moments.Square("second moments");
        if (target.Finite("a map").Rows != n || columns.Count != writers.Count || columns.Count != readers.Count)
            throw new AlgebraError($"moments of {n} positions, a map of {target.Rows} and {writers.Count} and {readers.Count} layers of {columns.Count} groups do not fit together");
        for (int g = 0; g < columns.Count; g++)
        {
            if (writers[g].Rows != columns[g].Length || writers[g].Columns != readers[g].Rows || readers[g].Columns != target.Columns)
                throw new AlgebraError($"a writer of {writers[g].Rows} x {writers[g].Columns} and a reader of {readers[g].Rows} x {readers[g].Columns} do not fit {columns[g].Length} positions and {target.Columns} outputs");
        }
        _moments = moments.Finite("second moments");
        _columns = [.. columns];
        _writers = [.. writers.Select(w => w.Finite("weights").Copy())];
        _readers = [.. readers.Select(w => w.Finite("weights").Copy())];
        Matrix lack = target.Copy();
        for (int g = 0; g < _columns.Length; g++)
            AddRows(lack, _columns[g], _writers[g].Times(_readers[g]), -1);
        _lack = moments.Times(lack);
    }

    /// <summary>V_g.</summary>
    public IReadOnlyList<Matrix> Writers => _writers;

    /// <summary>W_g.</summary>
    public IReadOnlyList<Matrix> Readers => _readers;

    /// <summary>Fits the writers one after the other, and then all readers together.</summary>
    /// <param name="rounds">How often.</param>
    /// <param name="writerRidge">What holds a writer back in each round, for each position in units of its own moment: what is read at other scales counts alike.</param>
    /// <param name="readerRidge">What holds readers back, in units of the mean of the diagonal of the moments of what they read.</param>
    public void Run(int rounds, double writerRidge, double readerRidge)
    {
        Matrix[] seen = [.. _columns.Select(c => _moments.SelectColumns(c))];
        Cholesky[] factors = [.. _columns.Select((c, g) => Cholesky.Of(HeldBack(seen[g].SelectRows(c), writerRidge)))];
        for (int round = 0; round < rounds; round++)
        {
            for (int g = 0; g < _columns.Length; g++)
                Write(g, seen[g], factors[g]);
            Read(seen, readerRidge);
        }
        foreach (Matrix weight in _writers.Concat(_readers))
            weight.Finite("fitted weights");
    }

    // G_g dV W W' = (G E)_g W', E what is lacking of the map
    private void Write(int group, Matrix seen, Cholesky factor)
    {
        Matrix reader = _readers[group];
        Matrix right = _lack.SelectRows(_columns[group]).TimesTransposed(reader);
        Matrix turned = Ridge.Factor(reader.TimesTransposed(reader), Singular).Solve(right.Transpose()).Transpose();
        Matrix change = factor.Solve(turned);
        Simd.AddScaled(_writers[group].Data, 1, change.Data);
        Simd.AddScaled(_lack.Data, -1, seen.Times(change.Times(reader)).Data);
    }

    // S dW = V' G E, S = V' G V over all groups
    private void Read(Matrix[] seen, double ridge)
    {
        int[] starts = new int[_columns.Length + 1];
        for (int g = 0; g < _columns.Length; g++)
            starts[g + 1] = starts[g] + _writers[g].Columns;
        Matrix inner = new(starts[^1], starts[^1]), right = new(starts[^1], _lack.Columns), made = new(_moments.Rows, starts[^1]);
        for (int g = 0; g < _columns.Length; g++)
        {
            Matrix part = seen[g].Times(_writers[g]);
            for (int i = 0; i < part.Rows; i++)
                part.Row(i).CopyTo(made.Row(i)[starts[g]..]);
        }
        for (int g = 0; g < _columns.Length; g++)
        {
            Put(inner, starts[g], _writers[g].TransposedTimes(made.SelectRows(_columns[g])));
            Put(right, starts[g], _writers[g].TransposedTimes(_lack.SelectRows(_columns[g])));
        }
        Matrix change = Ridge.Solve(inner.Symmetrized(), right, ridge);
        for (int g = 0; g < _columns.Length; g++)
            Simd.AddScaled(_readers[g].Data, 1, change.SelectRows([.. Enumerable.Range(starts[g], starts[g + 1] - starts[g])]).Data);
        Simd.AddScaled(_lack.Data, -1, made.Times(change).Data);
    }

    private static Matrix HeldBack(Matrix moments, double ridge)
    {
        double tiny = Ridge.Shift(moments, Singular);
        for (int i = 0; i < moments.Rows; i++)
            moments[i, i] += (ridge * moments[i, i]) + tiny;
        return moments;
    }

    private static void Put(Matrix to, int start, Matrix rows)
    {
        for (int i = 0; i < rows.Rows; i++)
            rows.Row(i).CopyTo(to.Row(start + i));
    }

    private static void AddRows(Matrix to, int[] at, Matrix rows, double factor)
    {
        for (int i = 0; i < at.Length; i++)
            Simd.AddScaled(to.Row(at[i]), factor, rows.Row(i));
    }

    // readers may lie in fewer directions than they have rows
    private const double Singular = 1e-6;
}
