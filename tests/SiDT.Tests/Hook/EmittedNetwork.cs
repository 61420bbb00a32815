using System.Reflection;
using System.Runtime.CompilerServices;
using SiDT.Backend.Hook;
using SiDT.Frontend;
using TorchSharp;

namespace SiDT.Tests.Hook;

/// <summary>An emitted network with the numbers of its ONNX file.</summary>
internal sealed class EmittedNetwork
{
    private readonly object _bindings;
    private readonly Type _weights;
    private readonly EmittedModule _module;

    public EmittedNetwork(torch.nn.Module network, object bindings, Type weights, EmittedModule module, string path)
    {
        (Network, _bindings, _weights, _module) = (network, bindings, weights, module);
        network.eval();
        Call("Load", path);
    }

    public torch.nn.Module Network { get; }

    /// <summary>Outputs by name, as ONNX Runtime gives them.</summary>
    public IReadOnlyDictionary<string, double[]> Run(IReadOnlyDictionary<string, Tensor> feeds)
    {
        object?[] arguments = [.. _module.Inputs.Select(i => (object?)Of(feeds[i]))];
        object result = Invoke(Network.GetType().GetMethod("forward")!, Network, arguments)!;
        object[] outputs = result is ITuple tuple ? [.. Enumerable.Range(0, tuple.Length).Select(i => tuple[i]!)] : [result];
        return _module.Outputs.Zip(outputs).ToDictionary(o => o.First, o => ((torch.Tensor)o.Second).data<double>().ToArray());
    }

    /// <summary>Writes the network's numbers into an ONNX file.</summary>
    public void Save(string path) => Call("Save", path);

    /// <summary>Makes equal again what the graph stores once.</summary>
    public void Tie(string path) => ((Action)Invoke(_weights.GetMethod("Ties")!, null, [Network, path, _bindings])!)();

    private void Call(string method, string path) => Invoke(_weights.GetMethod(method)!, null, [Network, path, _bindings]);

    private static object? Invoke(MethodInfo method, object? of, object?[] arguments)
    {
        try
        {
            return method.Invoke(of, arguments);
        }
        catch (TargetInvocationException error)
        {
            throw error.InnerException!;
        }
    }

    private static torch.Tensor Of(Tensor tensor)
    {
        if (tensor.Type == ElementType.Bool)
            return torch.tensor(tensor.ToInt64s(), tensor.Dims).to_type(torch.ScalarType.Bool);
        return tensor.Type.IsFloating() ? torch.tensor(tensor.ToFloats(), tensor.Dims) : torch.tensor(tensor.ToInt64s(), tensor.Dims);
    }
}
