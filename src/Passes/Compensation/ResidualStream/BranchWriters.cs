using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Sites;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>What writes a value that one node alone reads: where all of it goes through that node, a factor can go into the writers.</summary>
internal sealed class BranchWriters(GraphAnalysis analysis, StreamLabels labels)
{
    /// <summary>Operands that write the value; null if it is read elsewhere too or is made otherwise.</summary>
    public IReadOnlyList<(Node Node, int Input)>? Of(Value value)
    {
        var found = new List<(Node Node, int Input)>();
        return Walk(value, found) ? found : null;
    }

    private bool Walk(Value value, List<(Node Node, int Input)> found)
    {
        if (value.IsOutput || value.Uses.Count != 1 || value.Producer is not { } node || node.Graph != analysis.Graph)
            return false;
        if (Contraction.Of(node, analysis) is { } product)
        {
            if (labels.Carries(product.Activation) || !labels.Carries(product.Numbers))
                return false;
            found.Add((node, product.Weight));
            if (node.Input(2) is not null)
                found.Add((node, 2));
            return true;
        }
        if (node.Domain.Length > 0 || node.OpType is not ("Add" or "Sub" or "Reshape" or "Transpose" or "Identity" or "Dropout" or "Squeeze" or "Unsqueeze" or "Cast" or "Flatten"))
            return false;
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            Value? input = node.Inputs[i];
            if (!labels.Carries(input))
            {
                if (node.OpType is "Add" or "Sub")
                    return false;
            }
            else if (analysis.Of(input!).IsConstant)
            {
                found.Add((node, i));
            }
            else if (!Walk(input!, found))
            {
                return false;
            }
        }
        return true;
    }
}
