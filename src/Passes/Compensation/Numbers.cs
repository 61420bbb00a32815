using SiDT.Frontend;

namespace SiDT.Passes.Compensation;

/// <summary>The numbers of a graph at one time. Tensors are immutable, so the references are the state.</summary>
internal sealed class Numbers
{
    private readonly IReadOnlyList<(Value Value, Tensor Tensor)> _all;

    private Numbers(IReadOnlyList<(Value, Tensor)> all) => _all = all;

    public static Numbers Of(Graph graph) => new([.. graph.Initializers.Select(v => (v, v.Initializer!))]);

    /// <summary>Gives the graph these numbers again.</summary>
    public void Restore()
    {
        foreach ((Value value, Tensor tensor) in _all)
            value.Initializer = tensor;
    }
}
