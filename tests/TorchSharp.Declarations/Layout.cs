namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor reshape(params long[] shape)
        {
            long[] dims = [.. shape];
            int open = Array.IndexOf(dims, -1);
            if (open >= 0)
                dims[open] = Data.Length / Math.Max(1, dims.Where(d => d != -1).Aggregate(1L, (a, b) => a * b));
            return new Tensor(Data, dims, dtype);
        }

        public Tensor flatten(long start_dim = 0, long end_dim = -1)
        {
            int from = At(start_dim), to = At(end_dim);
            return reshape([.. shape[..from], shape[from..(to + 1)].Aggregate(1L, (a, b) => a * b), .. shape[(to + 1)..]]);
        }

        public Tensor unsqueeze(long dim)
        {
            int at = (int)(dim < 0 ? dim + shape.Length + 1 : dim);
            return reshape([.. shape[..at], 1, .. shape[at..]]);
        }

        public Tensor squeeze(long? dim = null)
        {
            if (dim is null)
                return reshape([.. shape.Where(d => d != 1)]);
            int at = At(dim.Value);
            return shape[at] == 1 ? reshape([.. shape[..at], .. shape[(at + 1)..]]) : this;
        }

        public Tensor permute(params long[] permutation)
        {
            int[] order = [.. permutation.Select(At)];
            long[] dims = [.. order.Select(o => shape[o])], strides = Strides(shape);
            return Gather(dims, index => order.Select((o, i) => index[i] * strides[o]).Sum());
        }

        public Tensor transpose(long dim0, long dim1)
        {
            long[] order = [.. Enumerable.Range(0, shape.Length).Select(i => (long)i)];
            (order[At(dim0)], order[At(dim1)]) = (order[At(dim1)], order[At(dim0)]);
            return permute(order);
        }

        public Tensor expand(params long[] sizes)
        {
            int ahead = sizes.Length - shape.Length;
            long[] dims = [.. sizes.Select((s, i) => s == -1 ? shape[i - ahead] : s)], strides = Strides(shape);
            for (int i = ahead; i < dims.Length; i++)
            {
                if (shape[i - ahead] != dims[i] && shape[i - ahead] != 1)
                    throw new ArgumentException($"({string.Join(", ", shape)}) cannot be expanded to ({string.Join(", ", sizes)})");
            }
            return Gather(dims, index => Enumerable.Range(0, shape.Length).Sum(i => shape[i] == 1 ? 0 : index[i + ahead] * strides[i]));
        }

        public Tensor repeat(params long[] sizes)
        {
            int ahead = sizes.Length - shape.Length;
            long[] mine = [.. Enumerable.Repeat(1L, ahead), .. shape], strides = Strides(mine);
            return Gather([.. sizes.Select((s, i) => s * mine[i])], index => index.Select((x, i) => x % mine[i] * strides[i]).Sum());
        }

        public Tensor slice(long dim, long start, long finish, long step) =>
            index_select(dim, arange(start, Math.Min(finish, shape[At(dim)]), step, ScalarType.Int64));

        public Tensor narrow(long dim, long start, long length)
        {
            int at = At(dim);
            if (start < 0 || start + length > shape[at])
                throw new ArgumentException($"{start} to {start + length} lies outside of {shape[at]}");
            return Pick(at, Enumerable.Range(0, (int)length).Select(i => start + i).ToArray());
        }

        public Tensor select(long dim, long index)
        {
            int at = At(dim);
            Tensor part = Pick(at, [index < 0 ? index + shape[at] : index]);
            return part.reshape([.. shape[..at], .. shape[(at + 1)..]]);
        }

        public Tensor index_select(long dim, Tensor index)
        {
            if (index.dtype is not (ScalarType.Int64 or ScalarType.Int32) || index.shape.Length > 1)
                throw new ArgumentException("an index is a row of integers");
            return Pick(At(dim), [.. index.Data.Select(i => (long)i)]);
        }

        public Tensor gather(long dim, Tensor index)
        {
            int at = At(dim);
            long[] strides = Strides(shape), own = Strides(index.shape);
            return Gather(index.shape, p =>
            {
                long chosen = (long)index.Data[p.Select((x, i) => x * own[i]).Sum()];
                return p.Select((x, i) => (i == at ? chosen : x) * strides[i]).Sum();
            });
        }

        public Tensor[] chunk(long chunks, long dim = 0L)
        {
            int at = At(dim);
            long size = (shape[at] + chunks - 1) / chunks;
            return split([.. Enumerable.Range(0, (int)((shape[at] + size - 1) / size)).Select(i => Math.Min(size, shape[at] - (i * size)))], dim);
        }

        public Tensor[] split(long[] sizes, long dim = 0)
        {
            long at = 0;
            if (sizes.Sum() != shape[At(dim)])
                throw new ArgumentException($"({string.Join(", ", sizes)}) does not add up to {shape[At(dim)]}");
            return [.. sizes.Select(s => narrow(dim, (at += s) - s, s))];
        }

        public Tensor[] unbind(long dimension = 0L) => [.. Enumerable.Range(0, (int)shape[At(dimension)]).Select(i => select(dimension, i))];

        public Tensor roll(long shifts, long? dims = null)
        {
            int dim = At(dims ?? throw new NotSupportedException("only one axis is rolled here"));
            long length = shape[dim], first = ((shifts % length) + length) % length;
            return first == 0 ? this : cat([narrow(dim, length - first, first), narrow(dim, 0, length - first)], dim);
        }

        public Tensor flip(params long[] dims)
        {
            int[] turned = [.. dims.Select(At)];
            long[] strides = Strides(shape);
            return Gather(shape, p => p.Select((x, i) => (turned.Contains(i) ? shape[i] - 1 - x : x) * strides[i]).Sum());
        }

        internal int At(long dim) => (int)(dim < 0 ? dim + shape.Length : dim);

        internal static long[] Strides(long[] dims)
        {
            var strides = new long[dims.Length];
            long run = 1;
            for (int i = dims.Length - 1; i >= 0; i--)
            {
                strides[i] = run;
                run *= dims[i];
            }
            return strides;
        }

        internal Tensor Gather(long[] dims, Func<long[], long> source)
        {
            var result = new double[dims.Aggregate(1L, (a, b) => a * b)];
            var index = new long[dims.Length];
            for (long i = 0; i < result.Length; i++)
            {
                result[i] = Data[source(index)];
                for (int axis = dims.Length - 1; axis >= 0 && ++index[axis] == dims[axis]; axis--)
                    index[axis] = 0;
            }
            return new Tensor(result, dims, dtype);
        }

        private Tensor Pick(int at, long[] positions)
        {
            long outer = shape[..at].Aggregate(1L, (a, b) => a * b), inner = shape[(at + 1)..].Aggregate(1L, (a, b) => a * b);
            var result = new double[outer * positions.Length * inner];
            for (long o = 0; o < outer; o++)
            {
                for (int p = 0; p < positions.Length; p++)
                {
                    if (positions[p] < 0 || positions[p] >= shape[at])
                        throw new ArgumentException($"{positions[p]} lies outside of {shape[at]}");
                    Array.Copy(Data, ((o * shape[at]) + positions[p]) * inner, result, ((o * positions.Length) + p) * inner, inner);
                }
            }
            return new Tensor(result, [.. shape[..at], positions.Length, .. shape[(at + 1)..]], dtype);
        }
    }
}
