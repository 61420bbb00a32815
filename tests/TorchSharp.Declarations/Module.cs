using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Fields that are modules, parameters and tensors are found by reflection, as in the library.</summary>
        public abstract class Module : IDisposable
        {
            protected string name;
            private readonly Dictionary<string, Module> _modules = [];
            private readonly Dictionary<string, Parameter> _parameters = [];
            private readonly Dictionary<string, Tensor> _buffers = [];

            protected Module(string name) => this.name = name;

            public virtual bool training { get; private set; } = true;

            protected virtual void RegisterComponents()
            {
                foreach (FieldInfo field in GetType().GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
                {
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(field.Name, module);
                            break;
                        case Parameter parameter:
                            _parameters[field.Name] = parameter;
                            break;
                        case Tensor tensor:
                            _buffers[field.Name] = tensor;
                            break;
                    }
                }
            }

            public virtual void register_module(string name, Module submodule) => _modules[name] = submodule;

            protected void Register(string name, Parameter? parameter)
            {
                if (parameter is not null)
                    _parameters[name] = parameter;
            }

            protected void RegisterBuffer(string name, Tensor tensor) => _buffers[name] = tensor;

            public IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                foreach ((string own, Parameter parameter) in _parameters)
                    yield return (own, parameter);
                foreach ((string child, Module module) in _modules)
                {
                    foreach ((string inner, Parameter parameter) in module.named_parameters())
                        yield return ($"{child}.{inner}", parameter);
                }
            }

            public IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true)
            {
                foreach ((string own, Tensor buffer) in _buffers)
                    yield return (own, buffer);
                foreach ((string child, Module module) in _modules)
                {
                    foreach ((string inner, Tensor buffer) in module.named_buffers())
                        yield return ($"{child}.{inner}", buffer);
                }
            }

            public IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters().Select(p => p.parameter);

            public void eval() => train(false);

            public virtual void train(bool on = true)
            {
                training = on;
                foreach (Module module in _modules.Values)
                    module.train(on);
            }

            public Module to(Device device) => this;

            public Module save(string location, IList<string>? skip = null) => throw new NotSupportedException();

            public Module load(string location, bool strict = true, IList<string>? skip = null) => throw new NotSupportedException();

            public void Dispose() => GC.SuppressFinalize(this);
        }

        public abstract class Module<T, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T input);
        }

        public abstract class Module<T1, T2, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2);
        }

        public abstract class Module<T1, T2, T3, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);
        }

        public abstract class Module<T1, T2, T3, T4, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4);
        }

        public abstract class Module<T1, T2, T3, T4, T5, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);
        }

        public static Linear Linear(long inputSize, long outputSize, bool hasBias = true) => new(inputSize, outputSize, hasBias);

        public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-05, bool elementwise_affine = true) => new(normalized_shape, eps, elementwise_affine);

        public static BatchNorm1d BatchNorm1d(long features, double eps = 1e-05) => new(features, eps);

        public static BatchNorm2d BatchNorm2d(long features, double eps = 1e-05) => new(features, eps);

        public static GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1e-05) => new(num_groups, num_channels, eps);

        public static Embedding Embedding(long num_embeddings, long embedding_dims) => new(num_embeddings, embedding_dims);

        public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);

        public static Conv1d Conv1d(long inputChannel, long outputChannel, long kernelSize, long stride = 1, long padding = 0, long dilation = 1, PaddingModes paddingMode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
            new(inputChannel, outputChannel, kernelSize, stride, padding, dilation, groups, bias);

        public static Conv2d Conv2d(long inputChannel, long outputChannel, long kernelSize, long stride = 1, long padding = 0, long dilation = 1, PaddingModes paddingMode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
            new(inputChannel, outputChannel, (kernelSize, kernelSize), (stride, stride), (padding, padding), (dilation, dilation), groups, bias);

        public static Conv2d Conv2d(long inputChannel, long outputChannel, (long, long) kernelSize, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, PaddingModes paddingMode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
            new(inputChannel, outputChannel, kernelSize, stride ?? (1, 1), padding ?? (0, 0), dilation ?? (1, 1), groups, bias);

        public static ConvTranspose2d ConvTranspose2d(long inputChannel, long outputChannel, long kernelSize, long stride = 1, long padding = 0, long outputPadding = 0, long dilation = 1, PaddingModes paddingMode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
            new(inputChannel, outputChannel, kernelSize, stride, padding, outputPadding, dilation, groups, bias);

        public static class utils
        {
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0) => throw new NotSupportedException();
        }
    }
}

public enum PaddingModes
{
    Zeros = 0,
    Constant = 4,
}
