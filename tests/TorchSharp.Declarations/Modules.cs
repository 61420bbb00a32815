using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules
{
    public sealed class Parameter : Tensor
    {
        public Parameter(Tensor data, bool requires_grad = true)
            : base(data.Data, data.shape, data.dtype) => this.requires_grad = requires_grad;
    }

    public class ModuleList<T> : Module, IEnumerable<T>
        where T : Module
    {
        private readonly T[] _modules;

        public ModuleList(params T[] modules)
            : base(nameof(ModuleList<T>))
        {
            _modules = modules;
            for (int i = 0; i < modules.Length; i++)
                register_module($"{i}", modules[i]);
        }

        public T this[int index] => _modules[index];

        public int Count => _modules.Length;

        public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_modules).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => _modules.GetEnumerator();
    }

    /// <summary>A layer with <c>weight</c> and, mostly, <c>bias</c>.</summary>
    public abstract class Affine : Module<Tensor, Tensor>
    {
        protected Affine(string name, Tensor weight, Tensor? bias)
            : base(name)
        {
            this.weight = new Parameter(weight);
            this.bias = bias is null ? null : new Parameter(bias);
            Register(nameof(weight), this.weight);
            Register(nameof(bias), this.bias);
        }

        public Parameter weight { get; }

        public Parameter? bias { get; }
    }

    public sealed class Linear(long inputs, long outputs, bool hasBias) : Affine(nameof(Linear), zeros(outputs, inputs), hasBias ? zeros(outputs) : null)
    {
        public override Tensor forward(Tensor input)
        {
            Tensor y = input.matmul(weight.transpose(0, 1));
            return bias is null ? y : y + bias;
        }
    }

    public sealed class LayerNorm : Module<Tensor, Tensor>
    {
        private readonly long _width;
        private readonly double _eps;

        public LayerNorm(long width, double eps, bool affine)
            : base(nameof(LayerNorm))
        {
            (_width, _eps) = (width, eps);
            weight = affine ? new Parameter(ones(width)) : null;
            bias = affine ? new Parameter(zeros(width)) : null;
            Register(nameof(weight), weight);
            Register(nameof(bias), bias);
        }

        public Parameter? weight { get; }

        public Parameter? bias { get; }

        public override Tensor forward(Tensor tensor) => functional.layer_norm(tensor, [_width], weight, bias, _eps);
    }

    public sealed class Embedding(long count, long width) : Affine(nameof(Embedding), zeros(count, width), null)
    {
        public override Tensor forward(Tensor input) => weight.index_select(0, input.flatten()).reshape([.. input.shape, width]);
    }

    public sealed class GroupNorm(long groups, long channels, double eps) : Affine(nameof(GroupNorm), ones(channels), zeros(channels))
    {
        public override Tensor forward(Tensor tensor)
        {
            Tensor rows = tensor.reshape(tensor.shape[0], groups, -1);
            Tensor normal = functional.layer_norm(rows, [rows.shape[2]], null, null, eps).reshape(tensor.shape);
            long[] channel = [1, channels, .. Enumerable.Repeat(1L, tensor.ndim - 2)];
            return (normal * weight.reshape(channel)) + bias!.reshape(channel);
        }
    }

    public abstract class BatchNorm : Affine
    {
        private readonly double _eps;
        private readonly Tensor _mean;
        private readonly Tensor _variance;

        protected BatchNorm(string name, long features, double eps)
            : base(name, ones(features), zeros(features))
        {
            (_eps, _mean, _variance) = (eps, zeros(features), ones(features));
            RegisterBuffer("running_mean", _mean);
            RegisterBuffer("running_var", _variance);
        }

        public override Tensor forward(Tensor tensor)
        {
            if (training)
                throw new NotSupportedException("statistics of a batch are no part of a double made of loops");
            long[] channel = [1, weight.numel(), .. Enumerable.Repeat(1L, tensor.ndim - 2)];
            return ((tensor - _mean.reshape(channel)) / (_variance.reshape(channel) + _eps).sqrt() * weight.reshape(channel)) + bias!.reshape(channel);
        }
    }

    public sealed class BatchNorm1d(long features, double eps) : BatchNorm(nameof(BatchNorm1d), features, eps);

    public sealed class BatchNorm2d(long features, double eps) : BatchNorm(nameof(BatchNorm2d), features, eps);

    public sealed class Conv1d(long inputs, long outputs, long kernel, long stride, long padding, long dilation, long groups, bool hasBias)
        : Affine(nameof(Conv1d), zeros(outputs, inputs / groups, kernel), hasBias ? zeros(outputs) : null)
    {
        public override Tensor forward(Tensor input) => functional.conv1d(input, weight, bias, stride, padding, dilation, groups);
    }

    public sealed class Conv2d(long inputs, long outputs, (long H, long W) kernel, (long H, long W) stride, (long H, long W) padding, (long H, long W) dilation, long groups, bool hasBias)
        : Affine(nameof(Conv2d), zeros(outputs, inputs / groups, kernel.H, kernel.W), hasBias ? zeros(outputs) : null)
    {
        public override Tensor forward(Tensor input) => functional.conv2d(input, weight, bias, [stride.H, stride.W], [padding.H, padding.W], [dilation.H, dilation.W], groups);
    }

    public sealed class ConvTranspose2d(long inputs, long outputs, long kernel, long stride, long padding, long outputPadding, long dilation, long groups, bool hasBias)
        : Affine(nameof(ConvTranspose2d), zeros(inputs, outputs / groups, kernel, kernel), hasBias ? zeros(outputs) : null)
    {
        // every number of the input adds the kernel, times itself, to the output around its place
        public override Tensor forward(Tensor input)
        {
            long batch = input.shape[0], h = input.shape[2], w = input.shape[3], own = outputs / groups;
            long oh = ((h - 1) * stride) - (2 * padding) + (dilation * (kernel - 1)) + outputPadding + 1, ow = ((w - 1) * stride) - (2 * padding) + (dilation * (kernel - 1)) + outputPadding + 1;
            double[] result = new double[batch * outputs * oh * ow];
            for (long at = 0; at < result.Length; at++)
                result[at] = bias?.Data[at / (oh * ow) % outputs] ?? 0;
            for (long at = 0; at < input.Data.Length; at++)
            {
                long x = at % w, y = at / w % h, c = at / (w * h) % inputs, n = at / (w * h * inputs), first = c / (inputs / groups) * own;
                for (long k = 0; k < own * kernel * kernel; k++)
                {
                    long column = (x * stride) - padding + (k % kernel * dilation), row = (y * stride) - padding + (k / kernel % kernel * dilation), o = first + (k / (kernel * kernel));
                    if (row >= 0 && row < oh && column >= 0 && column < ow)
                        result[(((((n * outputs) + o) * oh) + row) * ow) + column] += input.Data[at] * weight.Data[(c * own * kernel * kernel) + k];
                }
            }
            return new Tensor(result, [batch, outputs, oh, ow], input.dtype);
        }
    }

    public sealed class AdamW : optim.Optimizer
    {
        public override IEnumerable<optim.ILearningRateController> ParamGroups => throw new NotSupportedException();
    }
}

namespace TorchSharp.Utils
{
    public sealed class TensorAccessor<T>(Tensor tensor)
        where T : unmanaged
    {
        public T[] ToArray() => [.. tensor.Data.Select(x => (T)Convert.ChangeType(x, typeof(T), System.Globalization.CultureInfo.InvariantCulture))];
    }
}
