namespace SiDT.Frontend;

/// <summary>Copies the contents of a graph into an empty one.</summary>
internal static class GraphCopy
{
    public static void Copy(Graph from, Graph to, Dictionary<Value, Value> map)
    {
        foreach (Value value in from.Values)
        {
            Value copy = to.TryAddValue(value.Name)!;
            copy.Initializer = value.Initializer;
            copy.SparseInitializer = value.SparseInitializer;
            copy.Declare(value.Info);
            copy.Declarations = value.Declarations;
            map[value] = copy;
        }
        foreach (Node node in from.Nodes)
        {
            Node copy = to.AddWithOutputs(
                node.OpType, node.Domain, node.Name, node.Inputs.Select(i => i is null ? null : map[i]), node.Outputs.Select(o => o is null ? null : map[o]), node.Source);
            foreach (Schema.AttributeProto attribute in node.Attributes.Values)
                copy.Set(attribute);
            foreach ((string name, Graph body) in node.Subgraphs)
            {
                var inner = new Graph(to.Model, copy, body.Source);
                Copy(body, inner, map);
                copy.SetSubgraph(name, inner);
            }
        }
        to.NamesMade = from.NamesMade;
        to.Inputs.AddRange(from.Inputs.Select(v => map[v]));
        to.Outputs.AddRange(from.Outputs.Select(v => map[v]));
        to.LooseInfos.AddRange(from.LooseInfos);
    }
}
