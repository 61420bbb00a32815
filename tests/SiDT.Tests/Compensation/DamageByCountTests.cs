using SiDT.Passes.Compensation;
using Xunit;

namespace SiDT.Tests.Compensation;

public sealed class DamageByCountTests
{
    [Fact]
    public void Damage_goes_with_the_loss_below_the_first_size_that_was_measured()
    {
        // losses 1, 4, 9, 16 for 1 to 4 units gone: a quarter of the loss does a quarter of the damage
        double[] damages = DamageByCount.Of(4, [(4, 32)], removed => removed * removed);
        Assert.Equal([32, 18, 8, 2, 0], damages);
    }

    [Fact]
    public void Between_two_sizes_the_damage_is_a_power_of_the_loss()
    {
        // the loss doubles and the damage grows eightfold: the third power, so 3^3 / 2^3 of the damage at three halves of the loss
        double[] damages = DamageByCount.Of(4, [(2, 8), (4, 64)], removed => removed);
        Assert.Equal([64, 27, 8, 4, 0], damages.Select(d => Math.Round(d, 9)));
    }

    [Fact]
    public void The_last_units_are_twice_as_dear_as_those_before_them()
    {
        double[] damages = DamageByCount.Of(4, [(2, 6)], removed => removed <= 2 ? removed : null);
        Assert.Equal([18, 12, 6, 3, 0], damages);
    }

    [Fact]
    public void Without_losses_a_curve_through_the_roots_is_read_at_every_count()
    {
        double[] damages = DamageByCount.Of(4, [(2, 4), (4, 16)], _ => null);
        Assert.Equal([16, 9, 4, 1, 0], damages.Select(d => Math.Round(d, 9)));
    }

    [Fact]
    public void What_falls_or_is_not_finite_rises_all_the_same_and_the_curve_is_convex()
    {
        double[] damages = DamageByCount.Of(6, [(2, 9), (4, 5), (6, double.NaN)], removed => removed is 1 ? 3 : removed);
        double[] rises = [.. damages.Zip(damages.Skip(1), (more, less) => more - less)];
        Assert.All(damages, d => Assert.True(double.IsFinite(d)));
        Assert.All(rises, r => Assert.True(r >= 0));
        Assert.All(rises.Zip(rises.Skip(1)), r => Assert.True(r.First >= r.Second - 1e-9));
    }

    [Fact]
    public void Losses_that_do_not_rise_say_nothing()
    {
        double[] damages = DamageByCount.Of(4, [(2, 4), (4, 16)], _ => 1);
        Assert.Equal([16, 9, 4, 1, 0], damages.Select(d => Math.Round(d, 9)));
    }
}
