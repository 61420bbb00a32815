using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static readonly Device CPU = new("cpu");

    public static Device device(string description) => new(description);

    public static Tensor zeros(long[] size, ScalarType? dtype = null) => full(size, 0, dtype ?? ScalarType.Float32);
    public static Tensor zeros(long size, ScalarType? dtype = null) => zeros([size], dtype);
    public static Tensor zeros(long rows, long columns, ScalarType? dtype = null) => zeros([rows, columns], dtype);
    public static Tensor zeros(long dim0, long dim1, long dim2, ScalarType? dtype = null) => zeros([dim0, dim1, dim2], dtype);
    public static Tensor zeros(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null) => zeros([dim0, dim1, dim2, dim3], dtype);
    public static Tensor ones(long size, ScalarType? dtype = null) => full([size], 1, dtype ?? ScalarType.Float32);

    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null)
    {
        var data = new double[size.Aggregate(1L, (a, b) => a * b)];
        Array.Fill(data, value.Value);
        return new Tensor(data, size, dtype ?? ScalarType.Float32);
    }

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null) => arange(0, stop, 1, dtype, device);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null)
    {
        double[] data = [.. Enumerable.Range(0, (int)Math.Ceiling((stop.Value - start.Value) / step.Value)).Select(i => start.Value + (i * step.Value))];
        return new Tensor(data, [data.Length], dtype ?? ScalarType.Int64);
    }

    public static Tensor tensor(float[] data) => new([.. data.Select(x => (double)x)], [data.Length], ScalarType.Float32);
    public static Tensor tensor(long[] data) => new([.. data.Select(x => (double)x)], [data.Length], ScalarType.Int64);
    public static Tensor tensor(float[] data, long[] dimensions) => tensor(data).reshape(dimensions);
    public static Tensor tensor(long[] data, long[] dimensions) => tensor(data).reshape(dimensions);

    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        Tensor first = tensors[0];
        int at = first.At(dim);
        long outer = first.shape[..at].Aggregate(1L, (a, b) => a * b);
        long[] dims = [.. first.shape];
        dims[at] = tensors.Sum(t => t.shape[at]);
        if (tensors.Any(t => t.ndim != first.ndim || t.shape.Where((d, i) => i != at && d != first.shape[i]).Any()))
            throw new ArgumentException("tensors of other shapes cannot be joined");
        var result = new double[dims.Aggregate(1L, (a, b) => a * b)];
        long to = 0;
        for (long o = 0; o < outer; o++)
        {
            foreach (Tensor tensor in tensors)
            {
                long run = tensor.Data.Length / outer;
                Array.Copy(tensor.Data, o * run, result, to, run);
                to += run;
            }
        }
        return new Tensor(result, dims, first.dtype);
    }

    public static Tensor where(Tensor condition, Tensor x, Tensor y)
    {
        long[] dims = Arithmetic.Broadcast(condition.shape, Arithmetic.Broadcast(x.shape, y.shape));
        Tensor c = condition.expand(dims), a = x.expand(dims), b = y.expand(dims);
        return new Tensor([.. c.Data.Select((v, i) => v != 0 ? a.Data[i] : b.Data[i])], dims, x.dtype);
    }

    public static Tensor minimum(Tensor a, Tensor b) => Arithmetic.Apply(a, b, Math.Min);
    public static Tensor maximum(Tensor a, Tensor b) => Arithmetic.Apply(a, b, Math.Max);

    public static IDisposable no_grad() => new Nothing();

    public static DisposeScope NewDisposeScope() => new();

    public static class random
    {
        public static void manual_seed(long seed)
        {
        }
    }

    public static class cuda
    {
        public static bool is_available() => false;
    }

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }

    public static class optim
    {
        public abstract class Optimizer
        {
            public void zero_grad() => throw new NotSupportedException();

            public Tensor step() => throw new NotSupportedException();

            public abstract IEnumerable<ILearningRateController> ParamGroups { get; }

            public void save_state_dict(string location) => throw new NotSupportedException();

            public void load_state_dict(string location) => throw new NotSupportedException();
        }

        public interface ILearningRateController
        {
            double LearningRate { get; set; }
        }

        public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) => throw new NotSupportedException();
    }
}

public sealed class DisposeScope : IDisposable
{
    public void Dispose()
    {
    }
}
