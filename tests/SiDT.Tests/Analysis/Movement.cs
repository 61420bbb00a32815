using SiDT.Tests.MiniZoo;

namespace SiDT.Tests.Analysis;

/// <summary>Random chains of operators that only move positions about.</summary>
internal sealed class Movement(GraphBuilder g, Random random)
{
    public (string Value, int[] Shape) Run(string value, int[] shape, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            (value, shape) = random.Next(6) switch
            {
                0 => Merge(value, shape),
                1 => Part(value, shape),
                2 => Transpose(value, shape),
                3 => Slice(value, shape),
                4 => Gather(value, shape),
                _ => Swap(value, shape),
            };
        }
        return (value, shape);
    }

    private (string, int[]) Merge(string value, int[] shape)
    {
        if (shape.Length < 2)
            return (value, shape);
        int axis = random.Next(shape.Length - 1);
        return Reshape(value, [.. shape[..axis], shape[axis] * shape[axis + 1], .. shape[(axis + 2)..]]);
    }

    private (string, int[]) Part(string value, int[] shape)
    {
        int axis = random.Next(shape.Length);
        int[] divisors = [.. Enumerable.Range(2, shape[axis]).Where(d => d < shape[axis] && shape[axis] % d == 0)];
        if (divisors.Length == 0 || shape.Length > 5)
            return (value, shape);
        int part = divisors[random.Next(divisors.Length)];
        return Reshape(value, [.. shape[..axis], part, shape[axis] / part, .. shape[(axis + 1)..]]);
    }

    private (string, int[]) Reshape(string value, int[] to) => (g.Op("Reshape", value, g.Constant([.. to.Select(d => (long)d)])), to);

    private (string, int[]) Transpose(string value, int[] shape)
    {
        int[] order = [.. Enumerable.Range(0, shape.Length).OrderBy(_ => random.Next())];
        return (g.Op("Transpose", [value], ("perm", order.Select(i => (long)i).ToArray())), [.. order.Select(i => shape[i])]);
    }

    private (string, int[]) Slice(string value, int[] shape)
    {
        int axis = random.Next(shape.Length), start = random.Next(Math.Max(1, shape[axis] / 3)), step = random.Next(1, 3);
        int size = (shape[axis] - start + step - 1) / step;
        return (g.Op("Slice", value, g.Constant(start), g.Constant(shape[axis]), g.Constant(axis), g.Constant(step)), With(shape, axis, size));
    }

    private (string, int[]) Gather(string value, int[] shape)
    {
        int axis = random.Next(shape.Length);
        long[] indices = [.. Enumerable.Range(0, shape[axis]).OrderBy(_ => random.Next()).Take(random.Next(1, shape[axis] + 1)).Select(i => (long)i)];
        return (g.Op("Gather", [value, g.Constant(indices)], ("axis", (long)axis)), With(shape, axis, indices.Length));
    }

    // Split in two, joined the other way round
    private (string, int[]) Swap(string value, int[] shape)
    {
        int axis = random.Next(shape.Length);
        if (shape[axis] < 2)
            return (value, shape);
        int first = random.Next(1, shape[axis]);
        string[] parts = g.Ops("Split", "", [value, g.Constant(first, shape[axis] - first)], 2, ("axis", (long)axis));
        return (g.Op("Concat", [parts[1], parts[0]], ("axis", (long)axis)), shape);
    }

    private static int[] With(int[] shape, int axis, int size)
    {
        int[] result = [.. shape];
        result[axis] = size;
        return result;
    }
}
