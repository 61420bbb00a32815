using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.ResidualStream;
using SiDT.Tests.Compensation.Algebra;
using Xunit;

namespace SiDT.Tests.Compensation.ResidualStream;

public class StreamAxesTests
{
    [Fact]
    public void An_axis_that_is_read_goes_before_a_stronger_one_that_is_not()
    {
        var moments = new Matrix(2, 2, [1, 0, 0, 0.9]);
        var need = new Matrix(2, 2, [0, 0, 0, 1]);

        Matrix axes = StreamAxes.Of(moments, need);

        // M = diag(1/2, 3/2), so M^1/2 G M^1/2 = diag(0.5, 1.35): the second channel comes first
        Assert.Equal(0, axes[0, 0], 9);
        Assert.Equal(1, Math.Abs(axes[0, 1]), 9);
    }

    [Fact]
    public void Axes_are_orthonormal()
    {
        Matrix rows = Samples.Correlated(60, 12, 1), weight = Samples.Normal(12, 5, 2);

        Matrix axes = StreamAxes.Of(rows.TransposedTimes(rows), weight.TimesTransposed(weight));

        Matrix product = axes.TimesTransposed(axes);
        Assert.True(product.Plus(Matrix.Identity(12), -1).Data.Max(Math.Abs) < 1e-9);
    }

    [Fact]
    public void Where_all_directions_are_read_alike_they_are_the_principal_axes()
    {
        var moments = new Matrix(3, 3, [1, 0, 0, 0, 3, 0, 0, 0, 2]);

        Matrix axes = StreamAxes.Of(moments, Matrix.Identity(3));

        Assert.Equal([1, 2, 0], Enumerable.Range(0, 3).Select(i => Array.FindIndex(axes.Row(i).ToArray(), x => Math.Abs(x) > 0.5)));
    }
}
