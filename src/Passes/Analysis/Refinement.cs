using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Analysis;

/// <summary>Finds the common factors of the indices of an operator and the axes of its operands.</summary>
internal sealed class Refinement
{
    private readonly Dictionary<AxisIndex, List<Dim>> _parts = [];
    private readonly Dictionary<AxisIndex, Factor[]> _atoms = [];

    public Refinement(AxisSpec spec)
    {
        foreach (AxisIndex index in spec.Inputs.Concat(spec.Outputs).OfType<AxisIndex[][]>().SelectMany(o => o).SelectMany(a => a))
            _parts.TryAdd(index, [index.Size]);
    }

    /// <summary>Splits indices where an axis has finer factors. False: the two cannot be brought together.</summary>
    public bool Refine(AxisIndex[] axis, IReadOnlyList<Factor> factors, out bool changed)
    {
        changed = false;
        int f = 0;
        Dim? left = null; // what remains of factor f
        foreach (AxisIndex index in axis)
        {
            List<Dim> parts = _parts[index];
            for (int p = 0; p < parts.Count; p++)
            {
                if (f >= factors.Count)
                    return false;
                left ??= factors[f].Size;
                if (parts[p].Equals(left))
                {
                    left = null;
                    f++;
                }
                else if (left.DivideExactly(parts[p]) is { } rest)
                {
                    left = rest;
                }
                else if (parts[p].DivideExactly(left) is { } finer)
                {
                    parts[p] = left;
                    parts.Insert(p + 1, finer);
                    changed = true;
                    left = null;
                    f++;
                }
                else
                {
                    return false;
                }
            }
        }
        return f == factors.Count && left is null;
    }

    /// <summary>Factors as fine as the indices of an axis are split so far.</summary>
    public IReadOnlyList<Factor> Parts(AxisIndex[] axis) => [.. axis.SelectMany(i => _parts[i]).Select(d => new Factor(d))];

    /// <summary>The factors of an axis of the result; asked for when nothing is split any more.</summary>
    public IReadOnlyList<Factor> Atoms(AxisIndex[] axis) => [.. axis.SelectMany(Atoms)];

    public Factor[] Atoms(AxisIndex index)
    {
        if (!_atoms.TryGetValue(index, out Factor[]? atoms))
            _atoms[index] = atoms = _parts.TryGetValue(index, out List<Dim>? parts) ? [.. parts.Select(d => new Factor(d))] : [];
        return atoms;
    }

    /// <summary>Which atoms each factor of a refined axis consists of.</summary>
    public void Map(AxisIndex[] axis, IReadOnlyList<Factor> factors, Dictionary<Factor, IReadOnlyList<Factor>> map)
    {
        IReadOnlyList<Factor> atoms = Atoms(axis);
        int at = 0;
        foreach (Factor factor in factors)
        {
            var mine = new List<Factor>();
            Dim product = Dim.One;
            while (!product.Equals(factor.Size))
            {
                mine.Add(atoms[at]);
                product *= atoms[at++].Size;
            }
            map[factor] = mine;
        }
    }
}
