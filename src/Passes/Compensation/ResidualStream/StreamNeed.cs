using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>How much the products that read a stream make of each direction of it: the sum of W W' / |W|^2.</summary>
internal static class StreamNeed
{
    /// <param name="readers">Products that read each channel once.</param>
    /// <param name="units">Classes of the channels.</param>
    /// <returns>[n x n], its trace the number of readers.</returns>
    public static Matrix Of(IEnumerable<Consumer> readers, int[] units)
    {
        var need = new Matrix(units.Length, units.Length);
        foreach (Consumer reader in readers)
        {
            Matrix weight = reader.Weight.SelectRows([.. reader.PositionsOf(units).Select(p => p.Single())]);
            double size = weight.Inner(weight);
            if (size > 0)
                Simd.AddScaled(need.Data, 1 / size, weight.TimesTransposed(weight).Data);
        }
        return need.Symmetrized();
    }

    /// <summary>The symmetric root of a positive semidefinite matrix.</summary>
    public static Matrix Root(Matrix matrix)
    {
        Symmetric found = Symmetric.Of(matrix);
        Matrix scaled = found.Vectors.Copy();
        for (int i = 0; i < scaled.Rows; i++)
        {
            double factor = Math.Sqrt(Math.Max(found.Values[i], 0));
            foreach (ref double x in scaled.Row(i))
                x *= factor;
        }
        return found.Vectors.TransposedTimes(scaled);
    }
}
