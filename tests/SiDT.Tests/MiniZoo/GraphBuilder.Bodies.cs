using SiDT.Frontend.Schema;

namespace SiDT.Tests.MiniZoo;

/// <summary>Model-local functions and bodies of control flow.</summary>
public sealed partial class GraphBuilder
{
    private const string FunctionDomain = "minizoo.modules";

    private readonly Dictionary<string, FunctionProto> _functions = [];

    /// <summary>
    /// Calls a function that is written by <paramref name="body"/> at the first call; weights it asks for become arguments,
    /// so that later calls pass weights of their own.
    /// </summary>
    public string Call(string function, string[] arguments, Func<string[], string> body)
    {
        var frame = new Frame([], isFunction: true);
        string[] formals = [.. arguments.Select((_, i) => $"x{i}")];
        _frames.Push(frame);
        string result = body(formals);
        _frames.Pop();
        if (!_functions.ContainsKey(function))
        {
            var proto = new FunctionProto { Name = function, Domain = FunctionDomain };
            proto.Input.AddRange(formals.Concat(frame.Captures.Values));
            proto.Output.Add(result);
            proto.Node.AddRange(frame.Nodes);
            proto.OpsetImport.AddRange(Imports());
            _functions.Add(function, proto);
        }
        return Ops(function, FunctionDomain, [.. arguments.Concat(frame.Captures.Keys.Select(Reference))], 1)[0];
    }

    /// <summary>A part as a function where the spelling wants functions, in place elsewhere.</summary>
    public string Module(string function, string x, Func<string, string> body) =>
        Spelling.Functions ? Call(function, [x], a => body(a[0])) : body(x);

    /// <summary>A body of control flow; it reads values around it directly.</summary>
    public GraphProto Body(string name, ValueInfoProto[] inputs, Func<IEnumerable<ValueInfoProto>> write)
    {
        var graph = new GraphProto { Name = name };
        _frames.Push(new Frame(graph.Node, isFunction: false));
        ValueInfoProto[] outputs = [.. write()];
        _frames.Pop();
        graph.Input.AddRange(inputs);
        graph.Output.AddRange(outputs);
        return graph;
    }

    /// <summary>How the present frame calls an initializer of the main graph.</summary>
    private string Reference(string initializer)
    {
        Frame frame = _frames.Peek();
        if (!frame.IsFunction)
            return initializer;
        if (!frame.Captures.TryGetValue(initializer, out string? formal))
            frame.Captures.Add(initializer, formal = $"w{frame.Captures.Count}");
        return formal;
    }

    private sealed class Frame(IList<NodeProto> nodes, bool isFunction)
    {
        public IList<NodeProto> Nodes { get; } = nodes;

        public bool IsFunction { get; } = isFunction;

        /// <summary>Initializers of the main graph and what they are called here, in the order of their first use.</summary>
        public Dictionary<string, string> Captures { get; } = [];
    }
}
