using SiDT.Frontend;

namespace SiDT.Passes.Analysis;

/// <summary>
/// What passes that change a model one after another ask of it: walked when first asked for, and again only where a change asks for it.
/// </summary>
public sealed class GraphFacts(Model model)
{
    private LabelFlow? _flow;
    private bool _isCurrent;

    public Model Model { get; } = model;

    /// <summary>Labels, shapes and work of the graph as it stands.</summary>
    public LabelFlow Flow => _isCurrent ? _flow! : Walk();

    /// <summary>
    /// Shapes of the graph as it stands, while labels and work may be those of a walk before the last change: a value keeps its
    /// shape as long as no size changes, so that such a walk will do once it has met the nodes that are new.
    /// </summary>
    public LabelFlow Shapes => _flow is not null && (_isCurrent || _flow.Continue(Model.Graph)) ? _flow : Walk();

    /// <summary>Classes and dimensions of the graph as it stands.</summary>
    public GraphAnalysis Analyse()
    {
        GraphAnalysis analysis = new DimensionFinder().Run(Model.Graph, Flow);
        _isCurrent = false; // its labels are united further than a walk alone does
        return analysis;
    }

    /// <summary>Tells that the graph was changed.</summary>
    /// <param name="keepsShapes">Whether all values that are left have the shapes that they had.</param>
    public void Changed(bool keepsShapes)
    {
        _isCurrent = false;
        if (!keepsShapes)
            _flow = null;
    }

    private LabelFlow Walk()
    {
        _flow = new LabelFlow(_flow?.Labels.Count ?? 0);
        _flow.Run(Model.Graph);
        _isCurrent = true;
        return _flow;
    }
}
