using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Operators;
using SiDT.Frontend;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>
/// Reshapes and transpositions in a row, as a person writes them: axes taken apart, then put in order, then put together. Every axis is
/// followed as a row of factors, so that how many steps an exporter took does not matter.
/// </summary>
internal static class LayoutRecogniser
{
    private sealed class Factor(Dim size)
    {
        public Dim Size { get; } = size;
    }

    public static Step? Find(Value value, Translation t)
    {
        var nodes = new List<Node>();
        Value from = value;
        while (from.Producer is { } node && IsLayout(node) && (from == value || (from.Uses.Count == 1 && !from.IsOutput)) && !t.IsConstant(node.Inputs[0]!))
        {
            // a layer that several nodes spell is not taken apart
            if (from != value && (LinearRecogniser.Find(from, t) ?? StackRecogniser.Find(from, t)) is not null)
                break;
            nodes.Add(node);
            from = node.Inputs[0]!;
        }
        if (nodes.Count < 2 || t.Shape(from) is not { } source || t.Shape(value) is not { } target)
            return null;
        nodes.Reverse();
        List<List<Factor>> start = [.. source.Select(d => d.Is(1) ? new List<Factor>() : [new Factor(d)])], axes = [.. start.Select(a => a.ToList())];
        bool splitsLate = false, moved = false;
        foreach (Node node in nodes)
        {
            if (node.Is("Transpose"))
            {
                long[] order = node.Ints("perm") ?? [.. Enumerable.Range(0, axes.Count).Reverse().Select(i => (long)i)];
                axes = [.. order.Select(o => axes[(int)o])];
                moved = true;
                continue;
            }
            int before = start.Sum(a => a.Count);
            if (t.Shape(node.Result) is not { } shape || !Regroup(ref axes, start, shape))
                return null;
            splitsLate |= moved && start.Sum(a => a.Count) > before;
        }
        Factor[] held = [.. start.SelectMany(a => a)], wanted = [.. axes.SelectMany(a => a)];
        bool splits = start.Any(a => a.Count > 1), orders = !held.SequenceEqual(wanted);
        Dim[] parts = splits ? Parts(source, start) : source;
        int steps = (splits ? 1 : 0) + (orders ? 1 : 0);
        Code code = splits ? Code.Of($"{from}.reshape({Lengths(source, parts)})") : Code.Of($"{from}");
        // axes of length one stay behind what they stood behind
        int[] places = [.. Enumerable.Range(0, parts.Length).Where(i => !parts[i].Is(1))];
        Dim[] ordered = parts;
        if (orders)
        {
            int[] order = Order(places, held, wanted, parts.Length);
            code = Code.Of($"{code}{Moved(order)}");
            ordered = [.. order.Select(o => parts[o])];
        }
        if (!ordered.SequenceEqual(target))
        {
            steps++;
            code = Together(code, ordered, target);
        }
        // as many steps as before are worth it only where axes are taken apart first
        return steps < nodes.Count || (steps == nodes.Count && splitsLate) ? new Step(nodes[^1], code, Level.Primary, value) : null;
    }

    private static bool IsLayout(Node node) => node.Domain.Length == 0 && node.OpType is "Reshape" or "Transpose" or "Flatten" or "Squeeze" or "Unsqueeze";

    // the same factors in other axes; a factor that lies across a border is taken apart, also where it came from
    private static bool Regroup(ref List<List<Factor>> axes, List<List<Factor>> start, Dim[] shape)
    {
        var queue = new LinkedList<Factor>(axes.SelectMany(a => a));
        var result = new List<List<Factor>>();
        foreach (Dim size in shape)
        {
            var axis = new List<Factor>();
            Dim rest = size;
            while (!rest.Is(1))
            {
                if (queue.First is not { } first)
                    return false;
                Factor factor = first.Value;
                queue.RemoveFirst();
                if (rest.DivideExactly(factor.Size) is { } left)
                {
                    axis.Add(factor);
                    rest = left;
                    continue;
                }
                if (factor.Size.DivideExactly(rest) is not { } inner)
                    return false;
                Factor outer = new(rest), remaining = new(inner);
                foreach (List<Factor> own in start)
                {
                    int at = own.IndexOf(factor);
                    if (at >= 0)
                    {
                        own[at] = outer;
                        own.Insert(at + 1, remaining);
                    }
                }
                axis.Add(outer);
                queue.AddFirst(remaining);
                rest = Dim.One;
            }
            result.Add(axis);
        }
        axes = result;
        return queue.Count == 0;
    }

    private static Dim[] Parts(Dim[] source, List<List<Factor>> start) => [.. source.SelectMany((d, i) => start[i].Count == 0 ? [d] : start[i].Select(f => f.Size))];

    private static int[] Order(int[] places, Factor[] held, Factor[] wanted, int rank)
    {
        int[] order = [.. Enumerable.Range(0, rank)];
        for (int i = 0; i < wanted.Length; i++)
            order[places[i]] = places[Array.IndexOf(held, wanted[i])];
        return order;
    }

    private static string Moved(int[] order)
    {
        int[] moved = [.. Enumerable.Range(0, order.Length).Where(i => order[i] != i)];
        if (moved.Length != 2)
            return $".permute({string.Join(", ", order)})";
        return moved[0] == order.Length - 2 && order.Length > 3 ? ".transpose(-2, -1)" : $".transpose({moved[0]}, {moved[1]})";
    }

    private static Piece[] Lengths(Dim[] source, Dim[] target)
    {
        int kept = 0;
        while (kept < source.Length && kept < target.Length && source[kept].Equals(target[kept]))
            kept++;
        return [.. target.Select((d, i) => new Length(d, ShapeRoles.Of(source, target, i), i < kept ? i : -1, true))];
    }

    private static Code Together(Code code, Dim[] source, Dim[] target)
    {
        int kept = 0, back = 0;
        while (kept < Math.Min(source.Length, target.Length) && source[kept].Equals(target[kept]))
            kept++;
        while (back < Math.Min(source.Length, target.Length) - kept && source[source.Length - 1 - back].Equals(target[target.Length - 1 - back]))
            back++;
        if (target.Length - kept - back == 1 && source.Length - kept - back > 1)
            return back == 0 ? Code.Of($"{code}.flatten({kept})") : Code.Of($"{code}.flatten({kept}, {source.Length - 1 - back})");
        return Code.Of($"{code}.reshape({Lengths(source, target)})");
    }
}
