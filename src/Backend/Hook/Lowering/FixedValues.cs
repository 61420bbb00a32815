using SiDT.Backend.Hook.Operators;
using SiDT.Frontend;
using SiDT.Passes.Operators;
using SiDT.Runtime;

namespace SiDT.Backend.Hook.Lowering;

/// <summary>
/// What depends on no input is computed once, where an operator that makes it cannot be said: numbers of windows that an exporter
/// scatters into a picture are a constant picture.
/// </summary>
internal static class FixedValues
{
    /// <summary>Puts constants in the place of such values; whether there were any.</summary>
    /// <param name="model">The graph, with sizes frozen; changed in place.</param>
    /// <param name="settings">How it is run.</param>
    public static bool Run(Model model, SessionSettings settings)
    {
        var open = new HashSet<Value>(model.Graph.Inputs.Where(i => i.Initializer is null), ReferenceEqualityComparer.Instance);
        var fixedNodes = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (Node node in model.Graph.Nodes)
        {
            if (node.Subgraphs.Count == 0 && !node.OpType.StartsWith("Random", StringComparison.Ordinal) && !node.Inputs.Any(i => i is not null && open.Contains(i)))
                fixedNodes.Add(node);
            else
                open.UnionWith(node.Outputs.OfType<Value>());
        }
        Value[] wanted = [.. fixedNodes.Where(IsUnsaid).SelectMany(n => n.Outputs).OfType<Value>().Where(v => !v.IsOutput && v.Uses.Any(u => !IsUnsaid(u.Node)))];
        if (wanted.Length == 0)
            return false;
        Model watched = model.Clone();
        foreach (Value value in wanted)
            watched.Graph.Outputs.Add(watched.Graph.Find(value.Name)!);
        try
        {
            using Session session = Session.Open(watched, settings);
            IReadOnlyDictionary<string, Tensor> found = session.Run(SyntheticInputs.For(session, 0, 1));
            foreach (Value value in wanted)
                value.ReplaceUsesWith(model.Graph.NewInitializer($"{value.Name}_fixed", found[value.Name]));
        }
        catch (RuntimeError)
        {
            return false; // the node is named where it is met
        }
        model.Graph.Sweep();
        return true;
    }

    // quantised weights are read as such
    private static bool IsUnsaid(Node node) => !node.Is("Constant") && !node.Is("DequantizeLinear") && !OperatorExpressions.Knows(OperatorTable.Key(node));
}
