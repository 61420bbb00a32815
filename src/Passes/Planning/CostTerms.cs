namespace SiDT.Passes.Planning;

/// <summary>Costs as a polynomial: products of axis lengths, each with what one such product is worth.</summary>
internal sealed class CostTerms
{
    /// <param name="Axes">Axis numbers; one twice counts twice.</param>
    /// <param name="Bits">Bits of an element where elements of it need not fill whole bytes; else 0.</param>
    internal sealed record Term(int[] Axes, int Bits)
    {
        public long Parameters { get; set; }

        public long Macs { get; set; }

        public long Bytes { get; set; }

        public Cost At(ReadOnlySpan<int> lengths)
        {
            long product = 1;
            foreach (int axis in Axes)
                product *= lengths[axis];
            return new Cost(Parameters * product, Macs * product, Bits > 0 ? ((Parameters * product * Bits) + 7) / 8 : Bytes * product);
        }
    }

    private readonly Dictionary<string, Term> _byAxes = new(StringComparer.Ordinal);
    private readonly List<Term> _all = [];

    public IReadOnlyList<Term> All => _all;

    /// <summary>For each axis the terms it is part of.</summary>
    public int[][] Of { get; private set; } = [];

    public void AddMacs(IEnumerable<int> axes, long factor) => Merged(axes).Macs += factor;

    public void AddWeight(IEnumerable<int> axes, long factor, int bits)
    {
        Term term;
        if (bits % 8 == 0)
        {
            term = Merged(axes);
            term.Bytes += factor * bits / 8;
        }
        else
        {
            // the last byte of a narrow tensor is filled up: such terms do not add up before rounding
            term = new Term([.. axes], bits);
            _all.Add(term);
        }
        term.Parameters += factor;
    }

    /// <summary>Prepares <see cref="Of"/> when all terms are known.</summary>
    public void Index(int axes)
    {
        var of = new List<int>[axes];
        for (int i = 0; i < axes; i++)
            of[i] = [];
        for (int t = 0; t < _all.Count; t++)
        {
            foreach (int axis in _all[t].Axes.Distinct())
                of[axis].Add(t);
        }
        Of = [.. of.Select(l => l.ToArray())];
    }

    private Term Merged(IEnumerable<int> axes)
    {
        int[] sorted = [.. axes.Order()];
        string key = string.Join(',', sorted);
        if (!_byAxes.TryGetValue(key, out Term? term))
        {
            _byAxes[key] = term = new Term(sorted, 0);
            _all.Add(term);
        }
        return term;
    }
}
