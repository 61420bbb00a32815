namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// The state of one consumer while units go: H = (G + ridge)^-1 and S = W W' of the rows that are left. Striking rows U changes
/// W to W - M W_U with M = H_U' (H_UU)^-1, H to H - H_U' (H_UU)^-1 H_U and S accordingly. Only the small blocks of each unit, which the
/// losses read, are kept up to date at every step; H and S themselves follow by products of many steps at a time.
/// </summary>
internal sealed class DowndatedSite
{
    private const int Pending = 64;

    // struck rows are left in place until so few are left: moving the others takes as much memory again
    private const double Left = 0.875;

    private readonly int[][] _rows;
    private readonly double[][] _h, _s;
    private readonly bool[] _gone;
    private readonly double[] _floors;
    private Matrix _inverse, _squares, _half, _gain, _cross;
    private int _pending;

    public DowndatedSite(EliminationSite site)
    {
        int n = site.Moments.Square("second moments");
        if (site.Weight.Rows != n)
            throw new AlgebraError($"a weight of {site.Weight.Rows} rows does not fit moments of {n} positions");
        double mean = n == 0 ? 0 : site.Moments.Trace() / n;
        // without any moments nothing distinguishes the units but their weights
        _inverse = Cholesky.Of(site.Moments, mean > 0 ? site.Ridge * mean : 1).Inverse();
        _squares = site.Weight.Finite("weights").TimesTransposed(site.Weight);
        _rows = [.. site.Positions.Select(p => (int[])p.Clone())];
        var owned = new bool[n];
        foreach (int row in _rows.SelectMany(r => r))
        {
            if (row < 0 || row >= n || owned[row])
                throw new AlgebraError($"position {row} of {n} is no unit's, or several units'");
            owned[row] = true;
        }
        _gone = new bool[_rows.Length];
        _h = [.. _rows.Select(r => _inverse.Select(r, r).Data)];
        _s = [.. _rows.Select(r => _squares.Select(r, r).Data)];
        _floors = [.. _rows.Select((r, u) => 1e-14 * (1e-300 + Trace(_h[u], r.Length)))];
        (_half, _gain, _cross) = (Buffer(Pending), Buffer(Pending), Buffer(Pending));
    }

    /// <summary>What the refit loses when a unit goes next: trace of (H_UU)^-1 S_UU.</summary>
    public double Loss(int unit)
    {
        int u = _rows[unit].Length;
        if (u == 0)
            return 0;
        if (u == 1)
            return Math.Max(0, _s[unit][0]) / Math.Max(_h[unit][0], _floors[unit]);
        double[] factor = Factor(unit), x = (double[])_s[unit].Clone();
        double sum = 0;
        for (int column = 0; column < u; column++)
        {
            SmallTriangle.Forward(factor, u, x, column);
            SmallTriangle.Backward(factor, u, x, column);
            sum += x[column * u + column];
        }
        return Math.Max(0, sum);
    }

    /// <summary>Takes a unit out; the refit of what is left is in H and S afterwards.</summary>
    public void Remove(int unit)
    {
        int[] rows = _rows[unit];
        int u = rows.Length, m = _inverse.Rows;
        if (u == 0)
        {
            _gone[unit] = true;
            return;
        }
        if (_pending + u > _half.Rows)
        {
            Flush();
            rows = _rows[unit];
            m = _inverse.Rows;
            if (u > _half.Rows)
                (_half, _gain, _cross) = (Buffer(u), Buffer(u), Buffer(u));
        }
        _gone[unit] = true;
        double[] factor = Factor(unit), squares = _s[unit];
        for (int i = 0; i < u; i++)
        {
            _inverse.Row(rows[i]).CopyTo(_half.Row(_pending + i));
            _squares.Row(rows[i]).CopyTo(_cross.Row(_pending + i));
        }
        const int wide = 512;
        Work.Spread((m + wide - 1) / wide, (long)m * _pending * u > 1 << 17, chunk => Columns(rows, factor, squares, chunk * wide, Math.Min(wide, m - chunk * wide)));
        int first = _pending;
        _pending += u;
        for (int other = 0; other < _rows.Length; other++)
        {
            if (!_gone[other])
                Downdate(other, first, _pending);
        }
    }

    /// <summary>Brings the columns of the struck rows up to date, and turns them into the factors of their own downdate.</summary>
    private void Columns(int[] rows, double[] factor, double[] squares, int column, int width)
    {
        int u = rows.Length;
        for (int i = 0; i < u; i++)
        {
            Span<double> half = _half.Row(_pending + i).Slice(column, width), cross = _cross.Row(_pending + i).Slice(column, width);
            int row = rows[i];
            for (int t = 0; t < _pending; t++)
            {
                Simd.AddScaled(half, -_half[t, row], _half.Row(t).Slice(column, width));
                Simd.AddScaled(cross, -_gain[t, row], _cross.Row(t).Slice(column, width), -_cross[t, row], _gain.Row(t).Slice(column, width));
            }
        }
        for (int i = 0; i < u; i++)
        {
            Span<double> half = _half.Row(_pending + i).Slice(column, width);
            for (int k = 0; k < i; k++)
                Simd.AddScaled(half, -factor[i * u + k], _half.Row(_pending + k).Slice(column, width));
            Scale(half, 1 / factor[i * u + i]);
            half.CopyTo(_gain.Row(_pending + i).Slice(column, width));
        }
        for (int i = u - 1; i >= 0; i--)
        {
            Span<double> gain = _gain.Row(_pending + i).Slice(column, width);
            for (int k = i + 1; k < u; k++)
                Simd.AddScaled(gain, -factor[k * u + i], _gain.Row(_pending + k).Slice(column, width));
            Scale(gain, 1 / factor[i * u + i]);
        }
        for (int i = 0; i < u; i++)
        {
            for (int k = 0; k < u; k++)
                Simd.AddScaled(_cross.Row(_pending + i).Slice(column, width), -0.5 * squares[i * u + k], _gain.Row(_pending + k).Slice(column, width));
        }
    }

    private void Downdate(int unit, int first, int end)
    {
        int[] rows = _rows[unit];
        int u = rows.Length;
        for (int t = first; t < end; t++)
        {
            Span<double> half = _half.Row(t), gain = _gain.Row(t), cross = _cross.Row(t);
            for (int i = 0; i < u; i++)
            {
                for (int k = 0; k < u; k++)
                {
                    _h[unit][i * u + k] -= half[rows[i]] * half[rows[k]];
                    _s[unit][i * u + k] -= gain[rows[i]] * cross[rows[k]] + cross[rows[i]] * gain[rows[k]];
                }
            }
        }
    }

    private void Flush()
    {
        int m = _inverse.Rows;
        Block half = Block.Of(_half), gain = Block.Of(_gain), cross = Block.Of(_cross);
        Product.Add(m, m, _pending, -1, half.Transposed, half, Block.Of(_inverse));
        Product.Add(m, m, _pending, -1, gain.Transposed, cross, Block.Of(_squares));
        Product.Add(m, m, _pending, -1, cross.Transposed, gain, Block.Of(_squares));
        _pending = 0;
        int[] held = [.. Enumerable.Range(0, _rows.Length).Where(u => _rows[u].Length > 0)];
        if (held.Count(u => !_gone[u]) <= Left * held.Length)
            Compact();
    }

    private void Compact()
    {
        int m = _inverse.Rows;
        var dead = new bool[m];
        for (int unit = 0; unit < _rows.Length; unit++)
        {
            if (!_gone[unit])
                continue;
            foreach (int row in _rows[unit])
                dead[row] = true;
            _rows[unit] = [];
        }
        int[] left = [.. Enumerable.Range(0, m).Where(r => !dead[r])];
        var places = new int[m];
        for (int i = 0; i < left.Length; i++)
            places[left[i]] = i;
        (_inverse, _squares) = (_inverse.Select(left, left), _squares.Select(left, left));
        foreach (int[] rows in _rows)
        {
            for (int i = 0; i < rows.Length; i++)
                rows[i] = places[rows[i]];
        }
        int depth = _half.Rows;
        (_half, _gain, _cross) = (Buffer(depth), Buffer(depth), Buffer(depth));
    }

    private double[] Factor(int unit)
    {
        int u = _rows[unit].Length;
        var factor = (double[])_h[unit].Clone();
        SmallTriangle.Factor(factor, u, _floors[unit]);
        return factor;
    }

    private Matrix Buffer(int depth) => new(depth, _inverse.Rows);

    private static double Trace(double[] block, int size)
    {
        double sum = 0;
        for (int i = 0; i < size; i++)
            sum += block[i * size + i];
        return sum;
    }

    private static void Scale(Span<double> row, double factor)
    {
        foreach (ref double x in row)
            x *= factor;
    }
}
