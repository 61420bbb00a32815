using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Normalization;
using SiDT.Passes.Operators;

namespace SiDT.Backend.Hook.Lowering;

/// <summary>Operators that TorchSharp has no counterpart of, taken apart into ones that it has; one table, keyed by operator.</summary>
internal static class Lowerings
{
    private static readonly Dictionary<string, Func<Lowered, Value?[]>> s_rules = Build();

    /// <summary>A copy without composite operators.</summary>
    public static Model Run(Model model)
    {
        Model copy = model.Clone();
        if (copy.Graph.Nodes.Any(n => OperatorTable.Key(n) is "com.microsoft::Attention" or "com.microsoft::MultiHeadAttention"))
        {
            new TakeApartAttention().Run(new GraphFacts(copy));
            Tidy(copy);
        }
        Node[] composites = [.. copy.Graph.Nodes.Where(n => Knows(OperatorTable.Key(n)))];
        if (composites.Length == 0)
            return copy;
        var facts = new GraphFacts(copy);
        _ = facts.Flow; // shapes are read off before nodes stand behind their readers
        foreach (Node node in composites)
            Replace(node, s_rules[OperatorTable.Key(node)](new Lowered(node, facts)));
        Tidy(copy);
        return copy;
    }

    /// <summary>Whether operators of this key are taken apart.</summary>
    public static bool Knows(string key) => s_rules.ContainsKey(key);

    private static void Tidy(Model model)
    {
        model.Graph.Sort();
        model.Graph.Sweep();
    }

    private static void Replace(Node node, Value?[] results)
    {
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] is not { } old)
                continue;
            if (i >= results.Length || results[i] is not { } made)
            {
                if (old.Uses.Count > 0 || old.IsOutput)
                    throw HookError.At(node, $"its output {i} has no TorchSharp counterpart here");
                continue;
            }
            old.ReplaceUsesWith(made);
            if (!old.IsOutput)
                continue;
            Node maker = made.Producer!;
            int at = maker.Outputs.ToList().IndexOf(made);
            made.ReplaceUsesWith(old);
            node.SetOutput(i, null);
            maker.SetOutput(at, old);
        }
        node.Graph.Remove(node);
    }

    private static Dictionary<string, Func<Lowered, Value?[]>> Build()
    {
        var table = new Dictionary<string, Func<Lowered, Value?[]>>(StringComparer.Ordinal);
        FusedLowerings.Register(table);
        AttentionLowerings.Register(table);
        return table;
    }
}
