using System.Collections.Immutable;
using SiDT.Frontend;
using SiDT.Runtime;
using Xunit;

namespace SiDT.Tests.Runtime;

public sealed class CostTableTests
{
    private static readonly CostGrid s_steps = new(KernelKinds.Linear, ElementType.Float32, [[1], [16, 32], [8, 15, 16]], [1, 4, 4, 2, 8, 9]);

    private static readonly CostTable s_table = new(2, "cpu", [s_steps, new CostGrid(KernelKinds.Add, ElementType.Float64, [[100]], [0.5])])
    {
        Models = [new CostFactors("ab12", 12.5, 0.25, ImmutableSortedDictionary<WorkClass, double>.Empty.Add(WorkClass.Products, 0.875).Add(WorkClass.Softmax, 1.5)) { Free = 0.8125 }],
    };

    [Fact]
    public void A_table_that_was_written_is_read_as_it_was()
    {
        string text = CostTableFile.Write(s_table);
        CostTable read = CostTableFile.Read(text, "table.json");

        Assert.Equal(text, CostTableFile.Write(read));
        Assert.Equal((2, "cpu", 2), (read.Threads, read.Device, read.Grids.Length));
        Assert.Equal(s_steps.Microseconds.AsEnumerable(), read.Grids[0].Microseconds.AsEnumerable());
        Assert.Equal(0.8125, read.Models[0].Free);
        Assert.Equal(1.5, read.Models[0].Factors[WorkClass.Softmax]);
    }

    [Theory]
    [InlineData(16, 8, 1)]
    [InlineData(16, 15, 4)]
    [InlineData(16, 16, 4)]
    [InlineData(24, 16, 6.5)] // half way from 4 to 9
    [InlineData(32, 12, 5.428571)] // four sevenths from 2 to 8
    [InlineData(64, 16, 18)] // twice as much as the most that was measured
    [InlineData(8, 8, 0.5)]
    public void Times_are_linear_between_measured_sizes_and_in_proportion_beyond(long inner, long outputs, double expected) =>
        Assert.Equal(expected, s_table.Of(new Kernel(KernelKinds.Linear, ElementType.Float32, [1, inner, outputs])), 5);

    [Fact]
    public void An_operator_that_was_not_measured_costs_nothing() =>
        Assert.Equal(0, s_table.Of(new Kernel(KernelKinds.Softmax, ElementType.Float32, [10, 10])));

    [Fact]
    public void Another_element_type_is_taken_where_the_own_one_was_not_measured()
    {
        Assert.Equal(4, s_table.Of(new Kernel(KernelKinds.Linear, ElementType.Float16, [1, 16, 16])));
        Assert.Equal(0.5, s_table.Of(new Kernel(KernelKinds.Add, ElementType.Float32, [100])));
    }

    [Fact]
    public void The_grid_that_covers_the_sizes_is_taken()
    {
        var near = new CostGrid(KernelKinds.Add, ElementType.Float32, [[1, 10]], [1, 2]);
        var far = new CostGrid(KernelKinds.Add, ElementType.Float32, [[1000, 2000]], [30, 60]);

        Assert.Equal(60, new CostTable(1, "cpu", [near, far]).Of(new Kernel(KernelKinds.Add, ElementType.Float32, [2000])));
    }

    [Fact]
    public void Every_operator_can_be_measured()
    {
        GridRequest[] requests = [.. KernelKinds.All.Select(k => new GridRequest(k, ElementType.Float32, [.. KernelKinds.Sizes(k)!.Select(_ => ImmutableArray.Create(2L, 4L))]))];

        IReadOnlyList<CostGrid> grids = KernelBench.Run(requests, new SessionSettings(Threads: 1), seconds: 0.1);

        Assert.Equal(requests.Select(r => r.Operator), grids.Select(g => g.Operator));
        Assert.All(grids, g => Assert.Equal(1 << g.Sizes.Length, g.Microseconds.Length));
        Assert.All(grids, g => Assert.All(g.Microseconds, t => Assert.True(t >= 0)));
    }

    [Fact]
    public void Noise_is_evened_out_and_steps_stay()
    {
        double[] times = [10, 9.8, 20, 12];

        Monotone.Run(times, [4], 0.05);

        Assert.Equal([9.9, 9.9, 20, 12], times);
    }
}
