namespace SiDT.Passes.Compensation.Algebra;

/// <summary>Sums over the rows of one fold of a regression of y on z, so that rows themselves need not be kept.</summary>
public sealed class FoldMoments(int inputs, int outputs)
{
    public int Inputs { get; } = inputs;

    public int Outputs { get; } = outputs;

    /// <summary>Sum of weights.</summary>
    public double Weight { get; private set; }

    /// <summary>Sum of w z [n].</summary>
    public double[] Z { get; } = new double[inputs];

    /// <summary>Sum of w y [out].</summary>
    public double[] Y { get; } = new double[outputs];

    /// <summary>G: sum of w z z' [n x n].</summary>
    public Matrix ZZ { get; } = new(inputs, inputs);

    /// <summary>B: sum of w z y' [n x out].</summary>
    public Matrix ZY { get; } = new(inputs, outputs);

    /// <summary>T: sum of w |y|^2.</summary>
    public double YY { get; private set; }

    /// <summary>Adds rows of z [rows x n] and y [rows x out], with their weights [rows] (1 each when empty).</summary>
    /// <exception cref="AlgebraError">Sizes do not fit.</exception>
    public void Add(Matrix z, Matrix y, ReadOnlySpan<double> weights = default)
    {
        if (z.Columns != Inputs || y.Columns != Outputs || z.Rows != y.Rows || (weights.Length != 0 && weights.Length != z.Rows))
            throw new AlgebraError($"rows of {z.Rows} x {z.Columns} and {y.Rows} x {y.Columns} do not fit a fit of {Inputs} to {Outputs}");
        Matrix weighted = z.Copy();
        for (int i = 0; i < z.Rows; i++)
        {
            double w = weights.Length == 0 ? 1 : weights[i];
            foreach (ref double x in weighted.Row(i))
                x *= w;
            Weight += w;
            Simd.AddScaled(Z, w, z.Row(i));
            Simd.AddScaled(Y, w, y.Row(i));
            YY += w * Simd.Dot(y.Row(i), y.Row(i));
        }
        Product.Add(Inputs, Inputs, z.Rows, 1, Block.Of(weighted).Transposed, Block.Of(z), Block.Of(ZZ));
        Product.Add(Inputs, Outputs, z.Rows, 1, Block.Of(weighted).Transposed, Block.Of(y), Block.Of(ZY));
    }

    /// <summary>Adds the sums of other rows, <paramref name="factor"/> times.</summary>
    public void Add(FoldMoments other, double factor = 1)
    {
        if (other.Inputs != Inputs || other.Outputs != Outputs)
            throw new AlgebraError("folds of different sizes cannot be added");
        Weight += factor * other.Weight;
        YY += factor * other.YY;
        Simd.AddScaled(Z, factor, other.Z);
        Simd.AddScaled(Y, factor, other.Y);
        Simd.AddScaled(ZZ.Data, factor, other.ZZ.Data);
        Simd.AddScaled(ZY.Data, factor, other.ZY.Data);
    }

    /// <summary>Adds sums that were made elsewhere, for instance inside a graph.</summary>
    public void Add(double weight, ReadOnlySpan<double> z, ReadOnlySpan<double> y, ReadOnlySpan<double> zz, ReadOnlySpan<double> zy, double yy)
    {
        Weight += weight;
        YY += yy;
        Simd.AddScaled(Z, 1, z);
        Simd.AddScaled(Y, 1, y);
        Simd.AddScaled(ZZ.Data, 1, zz);
        Simd.AddScaled(ZY.Data, 1, zy);
    }

    /// <summary>The fold that all rows of an image belong to, its mirror images included.</summary>
    public static int FoldOf(int image, int folds) => image % folds;

    /// <summary>G = E z z' - mz mz' [n x n].</summary>
    internal Matrix Covariance()
    {
        Matrix g = ZZ.Scaled(1 / Weight);
        for (int i = 0; i < Inputs; i++)
            Simd.AddScaled(g.Row(i), -Z[i] / Weight / Weight, Z);
        return g.Symmetrized();
    }

    /// <summary>B = E z y' - mz my' [n x out].</summary>
    internal Matrix Cross()
    {
        Matrix b = ZY.Scaled(1 / Weight);
        for (int i = 0; i < Inputs; i++)
            Simd.AddScaled(b.Row(i), -Z[i] / Weight / Weight, Y);
        return b;
    }

    /// <summary>Sum of w |y - (W' z + b)|^2 over the rows, b the bias that fits the means <paramref name="z0"/> and <paramref name="y0"/>.</summary>
    internal double Error(Matrix weight, double[] z0, double[] y0)
    {
        double[] bias = [.. y0];
        Simd.AddScaled(bias, -1, weight.TransposedTimes(z0));
        double[] fitted = weight.TransposedTimes(Z);
        return YY - 2 * ZY.Inner(weight) - 2 * Simd.Dot(bias, Y) + weight.Inner(ZZ.Times(weight)) + 2 * Simd.Dot(bias, fitted) + Weight * Simd.Dot(bias, bias);
    }
}
