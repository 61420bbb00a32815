namespace TorchSharp;

public static partial class torch
{
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int32 = 3,
        Int64 = 4,
        Float32 = 6,
        Bool = 11,
    }

    public sealed class Device(string name)
    {
        public string Name { get; } = name;
    }

    /// <summary>Numbers in row-major order, all held as doubles and rounded to what their type can hold.</summary>
    public partial class Tensor : IDisposable
    {
        internal double[] Data;

        internal Tensor(double[] data, long[] dims, ScalarType type)
        {
            Data = data;
            shape = dims;
            dtype = type;
            long count = 1;
            foreach (long d in dims)
                count *= d;
            if (count != data.Length)
                throw new ArgumentException($"{data.Length} numbers do not fill ({string.Join(", ", dims)})");
        }

        public long[] shape { get; protected set; }

        public ScalarType dtype { get; }

        public Device device { get; } = CPU;

        public long numel() => Data.Length;

        public int ndim => shape.Length;

        public bool requires_grad { get; set; }

        public void Dispose() => GC.SuppressFinalize(this);

        public static implicit operator Tensor(double value) => new([value], [], ScalarType.Float32);

        public static implicit operator Tensor(long value) => new([value], [], ScalarType.Int64);

        public static implicit operator Tensor(Scalar value) => throw new InvalidOperationException("a scalar is no tensor");

        public static Tensor operator +(Tensor a, Tensor b) => Arithmetic.Apply(a, b, (x, y) => x + y);
        public static Tensor operator +(Tensor a, Scalar b) => Arithmetic.Apply(a, b, (x, y) => x + y);
        public static Tensor operator +(Scalar a, Tensor b) => Arithmetic.Apply(b, a, (x, y) => x + y);
        public static Tensor operator -(Tensor a, Tensor b) => Arithmetic.Apply(a, b, (x, y) => x - y);
        public static Tensor operator -(Tensor a, Scalar b) => Arithmetic.Apply(a, b, (x, y) => x - y);
        public static Tensor operator -(Scalar a, Tensor b) => Arithmetic.Apply(b, a, (x, y) => y - x);
        public static Tensor operator -(Tensor a) => a.Map(x => -x);
        public static Tensor operator *(Tensor a, Tensor b) => Arithmetic.Apply(a, b, (x, y) => x * y);
        public static Tensor operator *(Tensor a, Scalar b) => Arithmetic.Apply(a, b, (x, y) => x * y);
        public static Tensor operator *(Scalar a, Tensor b) => Arithmetic.Apply(b, a, (x, y) => x * y);
        public static Tensor operator /(Tensor a, Tensor b) => Arithmetic.Apply(a, b, (x, y) => x / y, ScalarType.Float32);
        public static Tensor operator /(Tensor a, Scalar b) => Arithmetic.Apply(a, b, (x, y) => x / y, ScalarType.Float32);

        public Tensor relu() => Map(x => Math.Max(x, 0));
        public Tensor sigmoid() => Map(x => 1 / (1 + Math.Exp(-x)));
        public Tensor silu() => Map(x => x / (1 + Math.Exp(-x)));
        public Tensor tanh() => Map(Math.Tanh);
        public Tensor erf() => Map(Arithmetic.Erf);
        public Tensor exp() => Map(Math.Exp);
        public Tensor log() => Map(Math.Log);
        public Tensor sqrt() => Map(Math.Sqrt);
        public Tensor rsqrt() => Map(x => 1 / Math.Sqrt(x));
        public Tensor reciprocal() => Map(x => 1 / x);
        public Tensor abs() => Map(Math.Abs);
        public Tensor floor() => Map(Math.Floor);
        public Tensor ceil() => Map(Math.Ceiling);
        public Tensor sin() => Map(Math.Sin);
        public Tensor cos() => Map(Math.Cos);
        public Tensor pow(Scalar exponent) => Map(x => Math.Pow(x, exponent.Value));
        public Tensor pow(Tensor exponent) => Arithmetic.Apply(this, exponent, Math.Pow);
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Map(x => Math.Min(Math.Max(x, min?.Value ?? double.NegativeInfinity), max?.Value ?? double.PositiveInfinity));

        public Tensor eq(Tensor other) => Arithmetic.Apply(this, other, (x, y) => x == y ? 1 : 0, ScalarType.Bool);
        public Tensor eq(Scalar other) => Arithmetic.Apply(this, other, (x, y) => x == y ? 1 : 0, ScalarType.Bool);
        public Tensor gt(Tensor other) => Arithmetic.Apply(this, other, (x, y) => x > y ? 1 : 0, ScalarType.Bool);
        public Tensor gt(Scalar other) => Arithmetic.Apply(this, other, (x, y) => x > y ? 1 : 0, ScalarType.Bool);
        public Tensor ge(Tensor other) => Arithmetic.Apply(this, other, (x, y) => x >= y ? 1 : 0, ScalarType.Bool);
        public Tensor ge(Scalar other) => Arithmetic.Apply(this, other, (x, y) => x >= y ? 1 : 0, ScalarType.Bool);
        public Tensor lt(Tensor other) => Arithmetic.Apply(this, other, (x, y) => x < y ? 1 : 0, ScalarType.Bool);
        public Tensor lt(Scalar other) => Arithmetic.Apply(this, other, (x, y) => x < y ? 1 : 0, ScalarType.Bool);
        public Tensor le(Tensor other) => Arithmetic.Apply(this, other, (x, y) => x <= y ? 1 : 0, ScalarType.Bool);
        public Tensor le(Scalar other) => Arithmetic.Apply(this, other, (x, y) => x <= y ? 1 : 0, ScalarType.Bool);
        public Tensor logical_not() => new([.. Data.Select(x => x == 0 ? 1.0 : 0)], shape, ScalarType.Bool);
        public Tensor logical_and(Tensor other) => Arithmetic.Apply(this, other, (x, y) => x != 0 && y != 0 ? 1 : 0, ScalarType.Bool);
        public Tensor logical_or(Tensor other) => Arithmetic.Apply(this, other, (x, y) => x != 0 || y != 0 ? 1 : 0, ScalarType.Bool);

        public Tensor to_type(ScalarType type) => new([.. Data.Select(x => type switch
        {
            ScalarType.Bool => x != 0 ? 1 : 0,
            ScalarType.Float32 => x,
            _ => Math.Truncate(x),
        })], shape, type);

        public Tensor to(Device device) => this;

        public Tensor cpu() => this;

        public Tensor detach() => this;

        internal Tensor Map(Func<double, double> function)
        {
            var result = new double[Data.Length];
            for (int i = 0; i < result.Length; i++)
                result[i] = function(Data[i]);
            return new Tensor(result, shape, dtype);
        }

        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            if (!source.shape.SequenceEqual(shape))
                throw new ArgumentException($"({string.Join(", ", source.shape)}) does not fit ({string.Join(", ", shape)})");
            source.Data.CopyTo(Data, 0);
            return this;
        }

        public Utils.TensorAccessor<T> data<T>()
            where T : unmanaged => new(this);

        public T item<T>()
            where T : unmanaged => (T)Convert.ChangeType(Data[0], typeof(T), System.Globalization.CultureInfo.InvariantCulture);

        public Tensor this[long index] => select(0, index);

        // training is declared, not done: gradients are no part of a double made of loops
        public void backward() => throw new NotSupportedException("there are no gradients here");
    }
}
