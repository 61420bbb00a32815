namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// Eigenvalues and vectors of a symmetric matrix: Householder's reflections to three diagonals, then the implicit QL method
/// (Bowdler, Martin, Reinsch and Wilkinson, 1968). The rotations are first written down and then applied to columns of the vectors
/// side by side, so that the work stays in the caches and runs on several threads.
/// </summary>
internal sealed class Tridiagonal
{
    private const int Wide = 32, MaxSweeps = 100;
    private readonly int _n;
    private readonly Matrix _reflections;
    private readonly double[] _scales, _diagonal, _off;
    private readonly List<Rotation> _rotations = [];

    /// <param name="matrix">Symmetric and finite; overwritten.</param>
    public Tridiagonal(Matrix matrix)
    {
        _n = matrix.Rows;
        _reflections = matrix;
        _scales = new double[_n];
        _diagonal = new double[_n];
        _off = new double[_n];
        Reduce();
        Iterate();
    }

    /// <summary>Eigenvalues in no order; they belong to the rows of <see cref="Vectors"/>.</summary>
    public double[] Values => _diagonal;

    /// <summary>One eigenvector of length 1 per row.</summary>
    public Matrix Vectors()
    {
        Matrix vectors = Matrix.Identity(_n);
        Rotation[] rotations = [.. _rotations];
        Work.Spread((_n + Wide - 1) / Wide, _n >= 64, chunk =>
        {
            int start = chunk * Wide, width = Math.Min(Wide, _n - start);
            var part = new double[_n * width];
            for (int j = 0; j < width; j++)
                part[(start + j) * width + j] = 1;
            var sum = new double[width];
            for (int k = 0; k < _n - 2; k++)
                Reflect(k, part, width, sum);
            foreach (Rotation r in rotations)
                Simd.Rotate(part.AsSpan(r.Row * width, width), part.AsSpan((r.Row + 1) * width, width), r.Cosine, r.Sine);
            for (int i = 0; i < _n; i++)
                part.AsSpan(i * width, width).CopyTo(vectors.Row(i).Slice(start, width));
        });
        return vectors;
    }

    private void Reflect(int k, double[] part, int width, double[] sum)
    {
        if (_scales[k] == 0)
            return;
        Array.Clear(sum);
        for (int i = k + 1; i < _n; i++)
            Simd.AddScaled(sum, _reflections[k, i], part.AsSpan(i * width, width));
        for (int i = k + 1; i < _n; i++)
            Simd.AddScaled(part.AsSpan(i * width, width), -_scales[k] * _reflections[k, i], sum);
    }

    // after step k, row k right of the diagonal holds the reflection's vector
    private void Reduce()
    {
        Matrix a = _reflections;
        var p = new double[_n];
        for (int k = 0; k < _n - 2; k++)
        {
            int start = k + 1, m = _n - start, row = k;
            double[] v = a.Row(k)[start..].ToArray();
            _diagonal[k] = a[k, k];
            double length = Math.Sqrt(Simd.Dot(v, v));
            if (length == 0)
                continue;
            double turned = v[0] > 0 ? -length : length;
            _off[k] = turned;
            v[0] -= turned;
            double beta = _scales[k] = 2 / Simd.Dot(v, v);
            v.CopyTo(a.Row(k)[start..]);
            const int rows = 64;
            bool enough = (long)m * m > 1 << 16;
            int chunks = (m + rows - 1) / rows;
            Work.Spread(chunks, enough, c =>
            {
                for (int i = c * rows; i < Math.Min((c + 1) * rows, m); i++)
                    p[i] = beta * Simd.Dot(a.Row(start + i)[start..], v);
            });
            Simd.AddScaled(p.AsSpan(0, m), -0.5 * beta * Simd.Dot(v, p.AsSpan(0, m)), v);
            Work.Spread(chunks, enough, c =>
            {
                for (int i = c * rows; i < Math.Min((c + 1) * rows, m); i++)
                    Simd.AddScaled(a.Row(start + i)[start..], -v[i], p.AsSpan(0, m), -p[i], v);
            });
        }
        for (int k = Math.Max(0, _n - 2); k < _n; k++)
            _diagonal[k] = a[k, k];
        if (_n >= 2)
            _off[_n - 2] = a[_n - 2, _n - 1];
    }

    private void Iterate()
    {
        double[] d = _diagonal, e = _off;
        double norm = 0;
        for (int i = 0; i < _n; i++)
            norm = Math.Max(norm, Math.Abs(d[i]) + Math.Abs(e[i]));
        for (int l = 0; l < _n; l++)
        {
            for (int sweep = 0; ; sweep++)
            {
                int m = l;
                while (m < _n - 1 && Math.Abs(e[m]) > Math.Max(double.BitIncrement(1) - 1, 1e-300) * Math.Max(Math.Abs(d[m]) + Math.Abs(d[m + 1]), 1e-3 * norm))
                    m++;
                if (m == l)
                    break;
                if (sweep == MaxSweeps)
                    throw new AlgebraError("the eigenvalues of a matrix of second moments do not converge");
                Sweep(l, m);
            }
        }
    }

    private void Sweep(int l, int m)
    {
        double[] d = _diagonal, e = _off;
        double g = (d[l + 1] - d[l]) / (2 * e[l]), r = Math.Sqrt(g * g + 1);
        g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
        double s = 1, c = 1, p = 0;
        for (int i = m - 1; i >= l; i--)
        {
            double f = s * e[i], b = c * e[i];
            e[i + 1] = r = double.Hypot(f, g);
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }
            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            d[i + 1] = g + (p = s * r);
            g = c * r - b;
            _rotations.Add(new Rotation(i, c, s));
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    private readonly record struct Rotation(int Row, double Cosine, double Sine);
}
