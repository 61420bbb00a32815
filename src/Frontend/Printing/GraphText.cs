using System.Globalization;
using System.Text;
using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Printing;

/// <summary>
/// A graph as text: for people, for review and for golden tests. The same graph always gives the same text, and a change
/// of one node changes one line.
/// <code>
/// model ir=8 opset=17 com.microsoft=1
/// in %image:float32[batch,3,32,32]
/// out %logits:float32[batch,10]
/// %tokens:float32[batch,64,96] = MatMul(%patches, $embed.weight[48,96])  # /embed/MatMul
/// %folded = Reshape(%tokens, $shape=[0,-1])  {allowzero=1}
/// %gate, _ = com.microsoft::Gate(%folded, _)
/// %logits = If(%flag)
///   then_branch
///     out %a
///     %a = Neg(%gate)
/// </code>
/// <para>
/// Values begin with <c>%</c>, initializers with <c>$</c>; type and shape follow where the model declares them (<c>?</c> stands for an
/// unknown dimension). An input that is an initializer too says <c>default</c>. An initializer of at most eight elements is printed with its numbers, a larger one with its dimensions,
/// and with its type if that is not float32. A left-out input or output is <c>_</c>. Attributes are sorted by name; the node's own
/// name ends the line. Names that contain more than letters, digits and <c>_ . / : -</c> stand in quotes.
/// </para>
/// </summary>
public static class GraphText
{
    private const int MostNumbers = 8;

    /// <summary>The main graph of a model under a line with its versions.</summary>
    public static string Of(Model model)
    {
        var text = new StringBuilder($"model ir={model.Source.IrVersion}");
        foreach (OperatorSetIdProto import in model.Source.OpsetImport)
            text.Append(CultureInfo.InvariantCulture, $" {(import.Domain is "" or "ai.onnx" ? "opset" : import.Domain)}={import.Version}");
        text.Append('\n');
        Print(model.Graph, text, "");
        return text.ToString();
    }

    public static string Of(Graph graph)
    {
        var text = new StringBuilder();
        Print(graph, text, "");
        return text.ToString();
    }

    /// <summary>One line for a node, without its bodies.</summary>
    public static string Of(Node node)
    {
        var text = new StringBuilder();
        text.AppendJoin(", ", node.Outputs.Select(o => o is null ? "_" : $"%{Name(o.Name)}{TypeText.Of(o.Info?.Type)}"));
        text.Append(node.Outputs.Count > 0 ? " = " : "");
        text.Append(node.Domain.Length > 0 ? $"{node.Domain}::" : "").Append(node.OpType);
        text.Append(node.Overload.Length > 0 ? $":{node.Overload}" : "");
        text.Append('(').AppendJoin(", ", node.Inputs.Select(Operand)).Append(')');
        string attributes = string.Join(", ", node.Attributes.Values
            .Where(a => !node.Subgraphs.ContainsKey(a.Name))
            .OrderBy(a => a.Name, StringComparer.Ordinal)
            .Select(a => $"{a.Name}={AttributeText.Of(a)}"));
        text.Append(attributes.Length > 0 ? $"  {{{attributes}}}" : "");
        text.Append(node.Name.Length > 0 ? $"  # {node.Name.ReplaceLineEndings(" ")}" : "");
        return text.ToString();
    }

    private static void Print(Graph graph, StringBuilder text, string indent)
    {
        foreach (Value input in graph.Inputs)
            text.Append(CultureInfo.InvariantCulture, $"{indent}in %{Name(input.Name)}{TypeText.Of(input.Info?.Type)}{(input.Initializer is { } start ? $" default{Numbers(start)}" : "")}\n");
        foreach (Value output in graph.Outputs)
            text.Append(CultureInfo.InvariantCulture, $"{indent}out {(output.Initializer is null ? "%" : "$")}{Name(output.Name)}{TypeText.Of(output.Info?.Type)}\n");
        foreach (Node node in graph.Nodes)
        {
            text.Append(indent).Append(Of(node)).Append('\n');
            foreach ((string name, Graph body) in node.Subgraphs.OrderBy(b => b.Key, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"{indent}  {name}\n");
                Print(body, text, indent + "    ");
            }
        }
    }

    private static string Operand(Value? value)
    {
        if (value is null)
            return "_";
        if (value.SparseInitializer is { } sparse)
            return $"${Name(value.Name)}[{string.Join(',', sparse.Dims)}] sparse";
        return value.Initializer is { } tensor ? $"${Name(value.Name)}{Numbers(tensor)}" : $"%{Name(value.Name)}";
    }

    /// <summary>The numbers of a small tensor, the dimensions of a large one, each with the type where it is not the usual one.</summary>
    internal static string Numbers(Tensor tensor)
    {
        string shape = $"[{string.Join(',', tensor.Dims)}]";
        string type = TypeText.Of((int)tensor.Type);
        if (tensor.Count > MostNumbers || !NumberText.CanPrint(tensor.Type))
            return tensor.Type == ElementType.Float32 ? shape : $":{type}{shape}";
        bool usual = tensor.Type is ElementType.Float32 or ElementType.Int64;
        string text = NumberText.Of(tensor);
        return (usual ? "" : $":{type}") + (tensor.Rank > 1 ? shape : "") + "=" + (tensor.Rank == 0 ? text : $"[{text}]");
    }

    internal static string Name(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or ':' or '-') ? name : AttributeText.Quoted(ByteString.CopyFromUtf8(name));
}
