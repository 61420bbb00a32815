using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Functions;

/// <summary>
/// Puts the bodies of model-local functions in the place of their calls, in functions and bodies of control flow too.
/// Inside a call, value <c>v</c> and node <c>n</c> get the names <c>scope/v</c> and <c>scope/n</c>, where the scope is the name of the call,
/// or of its first output where it has none. Operators without a function in the model stay as they are.
/// </summary>
public static class FunctionInliner
{
    /// <summary>A model of its own without functions and calls.</summary>
    /// <exception cref="ModelError">A function calls itself, or does not make what it returns.</exception>
    public static Model Inline(Model model)
    {
        Model copy = model.Clone();
        if (copy.Source.Functions.Count == 0)
            return copy;
        new Inlining(copy).Run();
        // Training steps may call functions too, and they are kept as they are.
        if (copy.Source.TrainingInfo.Count == 0)
            copy.Source.Functions.Clear();
        return copy;
    }

    /// <summary>One run over one model.</summary>
    private sealed class Inlining
    {
        private const int MostNodes = 200_000;
        private const int Deepest = 200;

        private readonly Model _model;
        private readonly ModelSource _source;
        private readonly GraphReader _reader;
        private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions = [];
        private readonly HashSet<string> _scopes = new(StringComparer.Ordinal);
        private readonly HashSet<object?> _calls = new(ReferenceEqualityComparer.Instance);
        private readonly List<FunctionProto> _within = [];
        private int _added;

        public Inlining(Model model)
        {
            _model = model;
            _source = new ModelSource(model.Path, null);
            _reader = new GraphReader(_source, new TensorReader(_source, settled: true));
            foreach (FunctionProto function in model.Source.Functions)
                _functions[(Domain(function.Domain), function.Name, function.Overload)] = function;
        }

        public void Run()
        {
            Expand(_model.Graph);
            Clean(_model.Graph);
            var used = new HashSet<string>(StringComparer.Ordinal);
            CollectDomains(_model.Graph, used);
            if (_model.Source.TrainingInfo.Count > 0)
                return;
            HashSet<string> ours = [.. _functions.Keys.Select(k => k.Domain)];
            foreach (OperatorSetIdProto import in _model.Source.OpsetImport.ToArray())
            {
                if (ours.Contains(import.Domain) && !used.Contains(import.Domain))
                    _model.Source.OpsetImport.Remove(import);
            }
        }

        private void Expand(Graph graph)
        {
            foreach (Node node in graph.Nodes.ToArray())
                Expand(node);
        }

        private void Expand(Node node)
        {
            if (!_functions.TryGetValue((node.Domain, node.OpType, node.Overload), out FunctionProto? function))
            {
                foreach (Graph body in node.Subgraphs.Values)
                    Expand(body);
                return;
            }
            if (_within.Contains(function))
                throw _source.Error($"the function '{function.Name}' calls itself");
            if (_within.Count >= Deepest || (_added += function.Node.Count) > MostNodes)
                throw _source.Error($"its functions call each other so often that the graph would grow beyond {MostNodes} nodes");
            foreach (OperatorSetIdProto import in function.OpsetImport)
                _model.Import(Domain(import.Domain), import.Version); // the format demands that versions of one domain agree on every operator used
            _calls.Add(node);
            _within.Add(function);
            foreach (Node inner in new FunctionCall(node, function, Scope(node), _source, _reader).Expand())
                Expand(inner);
            _within.RemoveAt(_within.Count - 1);
        }

        private string Scope(Node call)
        {
            string name = call.Name.Length > 0 ? call.Name : call.Outputs.FirstOrDefault(o => o is not null)?.Name ?? call.OpType;
            string scope = name;
            for (int i = 2; !_scopes.Add(scope); i++)
                scope = $"{name}_{i}";
            return scope;
        }

        private void Clean(Graph graph)
        {
            graph.RemoveAll(_calls);
            foreach (Graph body in graph.Nodes.SelectMany(n => n.Subgraphs.Values))
                Clean(body);
            try
            {
                graph.Sort();
            }
            catch (InvalidOperationException e)
            {
                throw _source.Error(e.Message);
            }
        }

        private static void CollectDomains(Graph graph, HashSet<string> domains)
        {
            foreach (Node node in graph.Nodes)
            {
                domains.Add(node.Domain);
                foreach (Graph body in node.Subgraphs.Values)
                    CollectDomains(body, domains);
            }
        }

        private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;
    }
}
