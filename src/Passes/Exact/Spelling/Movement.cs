using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact.Spelling;

/// <summary>
/// What a chain of Reshape, Transpose, Squeeze and Unsqueeze does together: the axes of its input are split into atoms, which come
/// out in another order and grouping.
/// </summary>
internal sealed class Movement
{
    private readonly List<Atom> _input;
    private List<List<Atom>> _axes;

    private sealed record Atom(Dim Size)
    {
        public bool Equals(Atom? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }

    public Movement(Dim[] shape)
    {
        _axes = [.. shape.Select(d => d.Is(1) ? new List<Atom>() : [new Atom(d)])];
        _input = [.. _axes.SelectMany(a => a)];
    }

    /// <summary>Follows one node; false if it is no movement or its sizes do not divide.</summary>
    public bool Follow(Node node, LabelFlow flow)
    {
        Dim[] to = flow.Of(node.Result).Shape;
        if (node.Domain.Length > 0)
            return false;
        switch (node.OpType)
        {
            case "Transpose":
                long[] perm = node.Ints("perm") ?? [.. Enumerable.Range(0, _axes.Count).Reverse().Select(i => (long)i)];
                if (perm.Length != _axes.Count)
                    return false;
                _axes = [.. perm.Select(p => _axes[NodeView.Positive(p, perm.Length)])];
                return true;
            case "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten":
                return to.Length > 0 && Regroup(to);
            default:
                return false;
        }
    }

    // atoms are dealt out to the new axes from the left, split where an axis ends inside of one
    private bool Regroup(Dim[] to)
    {
        List<Atom> atoms = [.. _axes.SelectMany(a => a)];
        var splits = new List<(Atom Whole, Atom[] Parts)>();
        var axes = new List<List<Atom>>();
        int next = 0;
        foreach (Dim size in to)
        {
            var axis = new List<Atom>();
            Dim rest = size;
            while (!rest.Is(1))
            {
                if (next >= atoms.Count)
                    return false;
                Atom atom = atoms[next];
                if (rest.DivideExactly(atom.Size) is { } remaining)
                {
                    axis.Add(atom);
                    rest = remaining;
                    next++;
                }
                else if (atom.Size.DivideExactly(rest) is { } inner)
                {
                    Atom[] parts = [new Atom(rest), new Atom(inner)];
                    splits.Add((atom, parts));
                    axis.Add(parts[0]);
                    atoms[next] = parts[1];
                    rest = Dim.One;
                }
                else
                {
                    return false;
                }
            }
            axes.Add(axis);
        }
        if (next != atoms.Count)
            return false;
        foreach ((Atom whole, Atom[] parts) in splits)
        {
            int at = _input.IndexOf(whole);
            _input.RemoveAt(at);
            _input.InsertRange(at, parts);
        }
        _axes = axes;
        return true;
    }

    /// <summary>The shape before the transposition, its permutation, and whether there is one.</summary>
    public (Dim[] Apart, long[] Perm) Normal()
    {
        List<Atom> output = [.. _axes.SelectMany(a => a)];
        // atoms that stay neighbours move as one
        var groups = new List<List<Atom>>();
        foreach (Atom atom in _input)
        {
            bool joins = groups.Count > 0 && output.IndexOf(groups[^1][^1]) + 1 == output.IndexOf(atom);
            if (joins)
                groups[^1].Add(atom);
            else
                groups.Add([atom]);
        }
        List<Atom>[] moved = [.. groups.OrderBy(g => output.IndexOf(g[0]))];
        return ([.. groups.Select(g => Dim.Product(g.Select(a => a.Size)))], [.. moved.Select(g => (long)groups.IndexOf(g))]);
    }
}
