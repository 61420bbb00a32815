namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor matmul(Tensor target)
        {
            if (target.ndim == 1)
                return matmul(target.unsqueeze(1)).squeeze(-1);
            if (ndim == 1)
                return unsqueeze(0).matmul(target).squeeze(-2);
            long n = shape[^2], k = shape[^1], m = target.shape[^1];
            if (target.shape[^2] != k)
                throw new ArgumentException($"({string.Join(", ", shape)}) times ({string.Join(", ", target.shape)})");
            long[] batch = Arithmetic.Broadcast(shape[..^2], target.shape[..^2]);
            Tensor a = shape[..^2].SequenceEqual(batch) ? this : expand([.. batch, n, k]), b = target.shape[..^2].SequenceEqual(batch) ? target : target.expand([.. batch, k, m]);
            var result = new double[batch.Aggregate(1L, (x, y) => x * y) * n * m];
            long count = result.Length / Math.Max(1, n * m);
            for (long i = 0; i < count; i++)
            {
                for (long row = 0; row < n; row++)
                {
                    Span<double> into = result.AsSpan((int)(((i * n) + row) * m), (int)m);
                    for (long inner = 0; inner < k; inner++)
                    {
                        double x = a.Data[(((i * n) + row) * k) + inner];
                        ReadOnlySpan<double> from = b.Data.AsSpan((int)(((i * k) + inner) * m), (int)m);
                        for (int column = 0; column < into.Length; column++)
                            into[column] += x * from[column];
                    }
                }
            }
            return new Tensor(result, [.. batch, n, m], dtype);
        }
    }

    public static Tensor einsum(string equation, params Tensor[] tensors)
    {
        string[] sides = equation.Split("->"), inputs = sides[0].Split(',');
        char[] letters = [.. sides[1].Concat(sides[0].Where(c => c != ',' && !sides[1].Contains(c)).Distinct())];
        long[] sizes = [.. letters.Select(l => inputs.Select((input, i) => (input, i)).Where(x => x.input.Contains(l)).Select(x => tensors[x.i].shape[x.input.IndexOf(l)]).First())];
        long[][] strides = [.. inputs.Select((input, i) => letters.Select(l => input.Select((c, at) => c == l ? Tensor.Strides(tensors[i].shape)[at] : 0).Sum()).ToArray())];
        long[] dims = sizes[..sides[1].Length];
        var result = new double[dims.Aggregate(1L, (a, b) => a * b)];
        long inner = sizes[sides[1].Length..].Aggregate(1L, (a, b) => a * b);
        var index = new long[letters.Length];
        for (long i = 0; i < result.Length; i++)
        {
            for (long j = 0; j < inner; j++)
            {
                double product = 1;
                for (int t = 0; t < tensors.Length; t++)
                {
                    long at = 0;
                    for (int l = 0; l < index.Length; l++)
                        at += index[l] * strides[t][l];
                    product *= tensors[t].Data[at];
                }
                result[i] += product;
                for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == sizes[axis]; axis--)
                    index[axis] = 0;
            }
        }
        return new Tensor(result, dims, tensors[0].dtype);
    }
}
