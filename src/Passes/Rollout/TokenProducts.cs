using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Rollout;

/// <summary>Products: with a weight, of queries and keys, of attention and values.</summary>
internal sealed class TokenProducts(LabelFlow flow, RelevanceGraph math)
{
    public Trace? Run(Node node, AxisSpec spec, Trace?[] inputs)
    {
        (int left, int right) = spec.Product!.Value;
        AxisIndex[][] to = spec.Outputs[0]!;
        // one token is a vector like any other where the other operand has many
        if (inputs[left] is Tokens { Axes.Length: 0 } && inputs[right] is not null)
            inputs = [.. inputs.Select((t, i) => i == left ? null : t)];
        else if (inputs[right] is Tokens { Axes.Length: 0 } && inputs[left] is not null)
            inputs = [.. inputs.Select((t, i) => i == right ? null : t)];
        HashSet<AxisIndex> kept = [.. to.SelectMany(a => a)];
        if (inputs[right] is Tokens v && inputs[left] is Scores p && Sums(v, spec.Inputs[right]!, kept))
            return Attend(node, left, p, spec.Inputs[left]!, v, spec.Inputs[right]!, to);
        if (inputs[left] is Tokens w && inputs[right] is Scores s && Sums(w, spec.Inputs[left]!, kept))
            return Attend(node, right, s, spec.Inputs[right]!, w, spec.Inputs[left]!, to);
        int[] at = [.. new[] { left, right }.Where(i => inputs[i] is not null)];
        if (at.Any(i => inputs[i] is Tokens t && Sums(t, spec.Inputs[i]!, kept)))
            throw new LostTokens(at.Length == 2 ? $"{node} sums over tokens, and no Softmax says how much of each" : $"{node} mixes tokens by weights that are the same for every picture");
        if (at.Length == 2 && inputs[left] is Tokens q && inputs[right] is Tokens k)
            return new Scores([Mapped(q, left), Mapped(k, right)], false);
        if (at.Length == 2)
            throw new LostTokens($"{node} multiplies attention with other tokens than it looks at");
        return inputs[at[0]] is Scores scores ? scores with { Sides = [.. scores.Sides.Select(x => Mapped(x, at[0]))] } : Mapped((Tokens)inputs[at[0]]!, at[0]);

        Tokens Mapped(Tokens tokens, int operand) => TokenFlow.Mapped(tokens, spec.Inputs[operand]!, to) ?? throw new LostTokens($"{node} sums over attention");
    }

    private static bool Sums(Tokens tokens, AxisIndex[][] axes, HashSet<AxisIndex> kept) => tokens.Axes.Any(a => axes[a].Any(i => !kept.Contains(i)));

    private Tokens Attend(Node node, int operand, Scores scores, AxisIndex[][] from, Tokens values, AxisIndex[][] of, AxisIndex[][] to)
    {
        if (!scores.IsShare)
            throw new LostTokens($"{node} sums over tokens, and no Softmax says how much of each");
        HashSet<AxisIndex> kept = [.. to.SelectMany(a => a)], read = [.. of.SelectMany(a => a)];
        int In(AxisIndex[][] axes, AxisIndex[] indices) => Array.FindIndex(axes, a => a.SequenceEqual(indices));
        int[] batchOfValues = [.. values.Axes.Where(a => of[a].All(kept.Contains))], keysOfValues = [.. values.Axes.Except(batchOfValues)];
        int[] batch = [.. batchOfValues.Select(a => In(from, of[a]))], keys = [.. keysOfValues.Select(a => In(from, of[a]))];
        if (batch.Contains(-1) || keys.Contains(-1))
            throw new LostTokens($"{node} looks at other tokens than its attention says");
        // who looks: the tokens of the queries, else whatever the values know nothing of
        Tokens? asking = scores.Sides.FirstOrDefault(s => !keys.Any(s.Axes.Contains));
        int[] rows = [.. Enumerable.Range(0, from.Length).Where(a => from[a].Length > 0 && !batch.Contains(a) && !keys.Contains(a) && (asking?.Axes.Contains(a) ?? !from[a].Any(read.Contains)))];
        int[] heads = [.. Enumerable.Range(0, from.Length).Where(a => from[a].Length > 0).Except(batch).Except(rows).Except(keys)];
        int[] shape = TokenFlow.ShapeOf(flow, node.Inputs[operand]!);
        int[] order = [.. batchOfValues.Concat(keysOfValues).Select(a => Array.IndexOf(values.Axes, a))];
        Relevance passed = math.Attend(node.Inputs[operand]!, flow.Of(node.Inputs[operand]!).Type, shape, heads, batch, rows, keys, values.Source, values.Ordered(order));
        int[] used = [.. batch, .. rows], sizes = [.. used.Select(a => shape[a])], axes = [.. used.Select(a => In(to, from[a]))];
        if (axes.Contains(-1))
            throw new LostTokens($"{node} sums over the tokens that look");
        return new Tokens(axes, sizes, [.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b))], passed).On(axes);
    }
}
