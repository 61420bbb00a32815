using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>A model: the main graph and everything around it that the file said.</summary>
public sealed class Model
{
    public Model(ModelProto source)
    {
        Source = source;
        Graph = new Graph(this, null, source.Graph ?? new GraphProto());
    }

    /// <summary>The message without its graph's nodes and tensors.</summary>
    public ModelProto Source { get; }

    public Graph Graph { get; internal set; }

    /// <summary>The file it was read from; null for models made in memory.</summary>
    public string? Path { get; init; }

    /// <summary>Version of the operator set of <paramref name="domain"/> that the model imports; 0 if it does not.</summary>
    public long Opset(string domain = "") =>
        Source.OpsetImport.FirstOrDefault(o => o.Domain == domain || (domain.Length == 0 && o.Domain == "ai.onnx"))?.Version ?? 0;

    /// <summary>Declares that operators of <paramref name="domain"/> are used, if that was not said yet.</summary>
    public void Import(string domain, long version)
    {
        if (Opset(domain) == 0)
            Source.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
    }

    /// <summary>The same model in objects of its own; tensors and attribute messages are shared.</summary>
    public Model Clone()
    {
        var copy = new Model(Source.Clone()) { Path = Path };
        GraphCopy.Copy(Graph, copy.Graph, new Dictionary<Value, Value>(ReferenceEqualityComparer.Instance));
        return copy;
    }
}
