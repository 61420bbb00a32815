using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class NeededDirectionsTests
{
    [Fact]
    public void All_that_two_pairs_make_can_be_had_of_as_many_directions_as_they_read()
    {
        Matrix x = Correlated(200, 8, 1);
        Matrix[] writers = [Normal(8, 2, 2), Normal(8, 1, 3)], readers = [Normal(2, 5, 4), Normal(1, 5, 5)];

        Matrix directions = NeededDirections.Of(Second(x), writers, readers, 3);

        AssertNear(Matrix.Identity(3), Second(x.Times(directions)), 1e-5);
        for (int g = 0; g < 2; g++)
        {
            Matrix made = x.Times(writers[g]).Times(readers[g]), seen = x.Times(directions), fitted = seen.Times(Ridge.Solve(seen.TransposedTimes(seen), seen.TransposedTimes(made), 0));
            AssertNear(made, fitted, 1e-5);
        }
    }

    [Fact]
    public void Fewer_are_the_best_of_their_number_and_more_than_there_are_stay_empty()
    {
        Matrix x = Correlated(200, 4, 11), w = Normal(4, 6, 12), y = x.Times(w);

        Matrix two = NeededDirections.Of(Second(x), [Matrix.Identity(4)], [w], 2), many = NeededDirections.Of(Second(x), [Matrix.Identity(4)], [w], 6);

        Matrix seen = x.Times(two), off = seen.Times(Ridge.Solve(seen.TransposedTimes(seen), seen.TransposedTimes(y), 0)).Plus(y, -1);
        double best = Svd.Of(y).Values[2..].Sum(v => v * v);
        Assert.InRange(off.Inner(off), best * 0.999, best * 1.001);
        Assert.All(many.SelectColumns([4, 5]).Data, v => Assert.Equal(0, v));
    }

    private static Matrix Second(Matrix rows) => rows.TransposedTimes(rows).Scaled(1.0 / rows.Rows);
}
