namespace TorchSharp;

public static partial class torch
{
    public enum InterpolationMode
    {
        Nearest = 0,
        Bilinear = 2,
        Bicubic = 3,
    }

    public static partial class nn
    {
        public static class functional
        {
            public static Tensor gelu(Tensor x) => x.Map(v => 0.5 * v * (1 + Arithmetic.Erf(v / Math.Sqrt(2))));
            public static Tensor hardswish(Tensor input, bool inplace = false) => input.Map(v => v * Math.Clamp((v / 6) + 0.5, 0, 1));
            public static Tensor hardsigmoid(Tensor input, bool inplace = false) => input.Map(v => Math.Clamp((v / 6) + 0.5, 0, 1));
            public static Tensor mish(Tensor x) => x.Map(v => v * Math.Tanh(Math.Log(1 + Math.Exp(v))));
            public static Tensor softplus(Tensor x) => x.Map(v => v > 20 ? v : Math.Log(1 + Math.Exp(v)));
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01) => input.Map(v => v > 0 ? v : v * negative_slope);
            public static Tensor elu(Tensor x, double alpha) => x.Map(v => v > 0 ? v : alpha * (Math.Exp(v) - 1));

            public static Tensor one_hot(Tensor x, long num_classes = -1)
            {
                var result = new double[x.Data.Length * num_classes];
                for (int i = 0; i < x.Data.Length; i++)
                    result[(i * num_classes) + (long)x.Data[i]] = 1;
                return new Tensor(result, [.. x.shape, num_classes], ScalarType.Int64);
            }

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
            {
                if (normalized_shape.Length != 1 || normalized_shape[0] != input.shape[^1])
                    throw new ArgumentException($"a norm over {normalized_shape[0]} of ({string.Join(", ", input.shape)})");
                long[] last = [-1];
                Tensor centred = input - input.mean(last, true);
                Tensor normal = centred / ((centred * centred).mean(last, true) + eps).sqrt();
                if (weight is not null)
                    normal *= weight;
                return bias is null ? normal : normal + bias;
            }

            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                long[] dims = [.. input.shape], before = new long[dims.Length], strides = Tensor.Strides(dims);
                for (int i = 0; i < pad.Length / 2; i++)
                {
                    before[^(i + 1)] = pad[2 * i];
                    dims[^(i + 1)] += pad[2 * i] + pad[(2 * i) + 1];
                }
                var source = new Tensor([.. input.Data, value], [input.Data.Length + 1], input.dtype);
                return source.Gather(dims, p => p.Select((x, i) => x - before[i]).Zip(input.shape).All(x => x.First >= 0 && x.First < x.Second) ? p.Select((x, i) => (x - before[i]) * strides[i]).Sum() : input.Data.Length);
            }

            public static Tensor conv1d(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1) =>
                conv2d(input.unsqueeze(2), weight.unsqueeze(2), bias, [1, stride ?? 1], [0, padding ?? 0], [1, dilation ?? 1], groups).squeeze(2);

            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1)
            {
                (long sh, long sw) = Pair(strides, 1);
                (long ph, long pw) = Pair(padding, 0);
                (long dh, long dw) = Pair(dilation, 1);
                long batch = input.shape[0], inputs = input.shape[1], h = input.shape[2], w = input.shape[3];
                long outputs = weight.shape[0], per = weight.shape[1], kh = weight.shape[2], kw = weight.shape[3];
                if (per * groups != inputs)
                    throw new ArgumentException($"({string.Join(", ", weight.shape)}) in {groups} groups does not read {inputs} channels");
                long oh = ((h + (2 * ph) - (dh * (kh - 1)) - 1) / sh) + 1, ow = ((w + (2 * pw) - (dw * (kw - 1)) - 1) / sw) + 1;
                var result = new double[batch * outputs * oh * ow];
                for (long n = 0; n < batch; n++)
                {
                    for (long o = 0; o < outputs; o++)
                    {
                        long group = o / (outputs / groups);
                        for (long y = 0; y < oh; y++)
                        {
                            for (long x = 0; x < ow; x++)
                            {
                                double sum = bias?.Data[o] ?? 0;
                                for (long c = 0; c < per; c++)
                                {
                                    for (long i = 0; i < kh; i++)
                                    {
                                        long row = (y * sh) - ph + (i * dh);
                                        if (row < 0 || row >= h)
                                            continue;
                                        for (long j = 0; j < kw; j++)
                                        {
                                            long column = (x * sw) - pw + (j * dw);
                                            if (column >= 0 && column < w)
                                                sum += input.Data[(((((n * inputs) + (group * per) + c) * h) + row) * w) + column] * weight.Data[(((((o * per) + c) * kh) + i) * kw) + j];
                                        }
                                    }
                                }
                                result[(((((n * outputs) + o) * oh) + y) * ow) + x] = sum;
                            }
                        }
                    }
                }
                return new Tensor(result, [batch, outputs, oh, ow], input.dtype);
            }

            public static Tensor max_pool2d(Tensor input, (long, long) kernelSize, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
                Pool(input, kernelSize, stride ?? kernelSize, padding ?? (0, 0), (values, _) => values.Max());

            public static Tensor avg_pool2d(Tensor input, (long, long) kernelSize, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true) =>
                Pool(input, kernelSize, stride ?? kernelSize, padding ?? (0, 0), (values, window) => values.Sum() / (count_include_pad ? window : values.Count));

            private static Tensor Pool(Tensor input, (long H, long W) kernel, (long H, long W) stride, (long H, long W) pad, Func<List<double>, long, double> reduce)
            {
                long planes = input.shape[0] * input.shape[1], h = input.shape[2], w = input.shape[3];
                long oh = ((h + (2 * pad.H) - kernel.H) / stride.H) + 1, ow = ((w + (2 * pad.W) - kernel.W) / stride.W) + 1;
                var result = new double[planes * oh * ow];
                for (long p = 0; p < result.Length; p++)
                {
                    var values = new List<double>();
                    long plane = p / (oh * ow), y = p / ow % oh, x = p % ow;
                    for (long i = 0; i < kernel.H; i++)
                    {
                        for (long j = 0; j < kernel.W; j++)
                        {
                            long row = (y * stride.H) - pad.H + i, column = (x * stride.W) - pad.W + j;
                            if (row >= 0 && row < h && column >= 0 && column < w)
                                values.Add(input.Data[(((plane * h) + row) * w) + column]);
                        }
                    }
                    result[p] = reduce(values, kernel.H * kernel.W);
                }
                return new Tensor(result, [input.shape[0], input.shape[1], oh, ow], input.dtype);
            }

            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false)
            {
                long planes = x.shape[0] * x.shape[1], h = x.shape[2], w = x.shape[3], oh = size![0], ow = size[1];
                var result = new double[planes * oh * ow];
                var rows = Enumerable.Range(0, (int)oh).Select(i => Weights(i, h, oh, mode, align_corners == true)).ToArray();
                var columns = Enumerable.Range(0, (int)ow).Select(i => Weights(i, w, ow, mode, align_corners == true)).ToArray();
                for (long p = 0; p < result.Length; p++)
                {
                    foreach ((long row, double a) in rows[p / ow % oh])
                    {
                        foreach ((long column, double b) in columns[p % ow])
                            result[p] += a * b * x.Data[(((p / (oh * ow) * h) + row) * w) + column];
                    }
                }
                return new Tensor(result, [x.shape[0], x.shape[1], oh, ow], x.dtype);
            }

            private static (long At, double Weight)[] Weights(int i, long from, long to, InterpolationMode mode, bool corners)
            {
                if (mode == InterpolationMode.Nearest)
                    return [(Math.Min((long)Math.Floor(i * ((double)from / to)), from - 1), 1)];
                double at = corners ? (to == 1 ? 0 : (double)i * (from - 1) / (to - 1)) : ((i + 0.5) * from / to) - 0.5;
                if (mode == InterpolationMode.Bilinear)
                {
                    at = Math.Max(at, 0);
                    long low = Math.Min((long)at, from - 1), high = Math.Min(low + 1, from - 1);
                    return [(low, 1 - (at - low)), (high, at - low)];
                }
                long floor = (long)Math.Floor(at);
                double t = at - floor;
                const double A = -0.75; // cubic convolution, Keys 1981
                double Near(double x) => ((((A + 2) * x) - (A + 3)) * x * x) + 1;
                double Far(double x) => (((((A * x) - (5 * A)) * x) + (8 * A)) * x) - (4 * A);
                double[] taps = [Far(t + 1), Near(t), Near(1 - t), Far(2 - t)];
                return [.. taps.Select((weight, k) => (Math.Clamp(floor - 1 + k, 0, from - 1), weight))];
            }

            public static Tensor cross_entropy(Tensor x, Tensor y) => throw new NotSupportedException();

            private static (long, long) Pair(long[]? sizes, long fallback) => sizes is null ? (fallback, fallback) : sizes.Length == 1 ? (sizes[0], sizes[0]) : (sizes[0], sizes[1]);
        }
    }
}
