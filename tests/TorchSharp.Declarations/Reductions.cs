namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Over(dim, keepdim, row => row.Sum());

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Over(dimensions, keepdim, row => row.Sum() / row.Length);

        public Tensor mean() => new([Data.Average()], [], dtype);

        public Tensor sum() => new([Data.Sum()], [], dtype);

        public Tensor amax(long[] dims, bool keepdim = false) => Over(dims, keepdim, row => row.Max());

        public Tensor amin(long[] dims, bool keepdim = false) => Over(dims, keepdim, row => row.Min());

        public Tensor argmax(long dim, bool keepdim = false) => Positions(dim, keepdim, row => Array.IndexOf(row, row.Max()));

        public Tensor argmin(long dim, bool keepdim = false) => Positions(dim, keepdim, row => Array.IndexOf(row, row.Min()));

        public Tensor softmax(long dim, ScalarType? dtype = null) => Along(dim, row =>
        {
            double max = row.Max();
            double[] e = [.. row.Select(x => Math.Exp(x - max))];
            double sum = e.Sum();
            return [.. e.Select(x => x / sum)];
        });

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => softmax(dim).log();

        public Tensor cumsum(long dim) => Along(dim, row =>
        {
            double sum = 0;
            return [.. row.Select(x => sum += x)];
        });

        private Tensor Positions(long dim, bool keepdim, Func<double[], double> position)
        {
            Tensor over = Over([dim], keepdim, position);
            return new Tensor(over.Data, over.shape, ScalarType.Int64);
        }

        private Tensor Over(long[] dims, bool keepdim, Func<double[], double> reduce)
        {
            int[] gone = [.. dims.Select(At)], stay = [.. Enumerable.Range(0, shape.Length).Except(gone)];
            Tensor rows = permute([.. stay.Concat(gone.Order()).Select(i => (long)i)]);
            int length = (int)gone.Aggregate(1L, (a, g) => a * shape[g]);
            double[] result = new double[length == 0 ? 0 : Data.Length / length];
            var row = new double[length];
            for (int i = 0; i < result.Length; i++)
            {
                Array.Copy(rows.Data, (long)i * length, row, 0, length);
                result[i] = reduce(row);
            }
            long[] kept = keepdim ? [.. shape.Select((d, i) => gone.Contains(i) ? 1 : d)] : [.. stay.Select(s => shape[s])];
            return new Tensor(result, kept, dtype);
        }

        private Tensor Along(long dim, Func<double[], double[]> change)
        {
            int at = At(dim), last = shape.Length - 1;
            Tensor rows = at == last ? this : transpose(at, last);
            int length = (int)shape[at];
            var result = new double[Data.Length];
            for (int i = 0; i < Data.Length; i += length)
                change(rows.Data[i..(i + length)]).CopyTo(result, i);
            var changed = new Tensor(result, rows.shape, dtype);
            return at == last ? changed : changed.transpose(at, last);
        }
    }
}
