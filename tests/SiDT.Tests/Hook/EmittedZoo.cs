using SiDT.Backend.Hook;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Runtime;

namespace SiDT.Tests.Hook;

/// <summary>Many graphs as TorchSharp modules: which can be said, and how far each is from ONNX Runtime.</summary>
internal sealed class EmittedZoo
{
    private readonly List<(EmittedModule Module, string NameSpace, string Path)> _modules = [];
    private EmittedAssembly? _assembly;

    /// <summary>Graphs that cannot be said, with the reason.</summary>
    public Dictionary<string, string> Refused { get; } = new(StringComparer.Ordinal);

    public int Count => _modules.Count;

    public static EmittedZoo Of(IEnumerable<string> paths)
    {
        var zoo = new EmittedZoo();
        foreach (string path in paths)
        {
            string nameSpace = $"Graph{zoo._modules.Count}";
            try
            {
                zoo._modules.Add((new ModuleEmitter().Emit(ModelReader.Read(path), "Network", nameSpace), nameSpace, path));
            }
            catch (ModelError error)
            {
                zoo.Refused[Path.GetFileNameWithoutExtension(path)] = error.Message;
            }
        }
        zoo._assembly = EmittedAssembly.Compile(zoo._modules.Select(m => m.Module));
        return zoo;
    }

    /// <summary>The largest difference of any output, in parts of its largest number; batches of one and of two.</summary>
    public Dictionary<string, double> Distances() => _modules.AsParallel().ToDictionary(m => Path.GetFileNameWithoutExtension(m.Path), m => Distance(_assembly!.Open(m.Module, m.NameSpace, m.Path), m.Path));

    /// <summary>How far a network is from an ONNX file.</summary>
    public static double Distance(EmittedNetwork network, string path)
    {
        using Session session = Session.Open(path, new SessionSettings());
        double worst = 0;
        foreach (int batch in new[] { 1, 2 })
        {
            IReadOnlyDictionary<string, Tensor> feeds = SyntheticInputs.For(session, 3, batch), expected = session.Run(feeds);
            IReadOnlyDictionary<string, double[]> found = network.Run(feeds);
            foreach ((string name, Tensor tensor) in expected)
                worst = Math.Max(worst, Distance([.. tensor.ToFloats().Select(x => (double)x)], found[name]));
        }
        return worst;
    }

    public static double Distance(double[] expected, double[] found) =>
        expected.Length != found.Length ? double.PositiveInfinity : expected.Zip(found).Max(p => Math.Abs(p.First - p.Second)) / (expected.Max(Math.Abs) + 1e-9);
}
