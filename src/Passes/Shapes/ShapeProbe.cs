using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Passes.Analysis;
using SiDT.Runtime;

namespace SiDT.Passes.Shapes;

/// <summary>
/// Shapes that no rule and no declaration gives are read off two runs in ONNX Runtime: sizes that differ between a batch of one and
/// a batch of three are open, the others are taken as they are.
/// </summary>
public static class ShapeProbe
{
    /// <summary>Declares what was found on the values of a model and of its copy; returns those of the model, so that the guesses can be taken back.</summary>
    /// <param name="model">The model.</param>
    /// <param name="copy">A copy of it, which is walked.</param>
    /// <param name="settings">How the model is run.</param>
    public static IReadOnlyList<Value> Run(Model model, GraphFacts copy, SessionSettings settings)
    {
        LabelFlow flow = copy.Flow;
        Value[] unknown = [.. copy.Model.Graph.Nodes.SelectMany(n => n.Outputs).OfType<Value>().Where(v => !v.IsOutput && v.Info is null && v.Uses.Count > 0 && flow.Of(v).IsUnknown)];
        if (unknown.Length == 0)
            return [];
        try
        {
            Declare(unknown, Observe(model, unknown, settings, 1), Observe(model, unknown, settings, 3));
            copy.Changed(keepsShapes: false);
            Value[] known = [.. unknown.Select(v => model.Graph.Find(v.Name)!)];
            foreach ((Value value, Value found) in known.Zip(unknown))
                value.Info = found.Info?.Clone();
            return known;
        }
        catch (RuntimeError)
        {
            return []; // it does not run on inputs of ours: what is behind such values stays whole
        }
    }

    private static IReadOnlyDictionary<string, Tensor> Observe(Model model, Value[] values, SessionSettings settings, int batch)
    {
        Model watched = model.Clone();
        foreach (Value value in values)
            watched.Graph.Outputs.Add(watched.Graph.Find(value.Name)!);
        using Session session = Session.Open(watched, settings);
        return session.Run(SyntheticInputs.For(session, 0, batch));
    }

    private static void Declare(Value[] values, IReadOnlyDictionary<string, Tensor> first, IReadOnlyDictionary<string, Tensor> second)
    {
        foreach (Value value in values)
        {
            Tensor a = first[value.Name], b = second[value.Name];
            if (a.Rank != b.Rank)
                continue;
            var shape = new TensorShapeProto();
            for (int i = 0; i < a.Rank; i++)
            {
                shape.Dim.Add(a.Dims[i] == b.Dims[i]
                    ? new TensorShapeProto.Types.Dimension { DimValue = a.Dims[i] }
                    : new TensorShapeProto.Types.Dimension { DimParam = $"{value.Name}.{i}" });
            }
            value.Info = new ValueInfoProto
            {
                Name = value.Name,
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)a.Type, Shape = shape } },
            };
        }
    }
}
