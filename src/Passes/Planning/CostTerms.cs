using SiDT.Runtime;

namespace SiDT.Passes.Planning;

/// <summary>Costs as a sum of terms: products of axis lengths, each with what one such product is worth, and kernels, whose times a table says.</summary>
internal sealed class CostTerms
{
    /// <param name="Axes">Axis numbers; one twice counts twice.</param>
    internal abstract record Term(int[] Axes)
    {
        public abstract Cost At(ReadOnlySpan<int> lengths);
    }

    /// <param name="Shape">What it computes.</param>
    /// <param name="Time">Nanoseconds at given sizes.</param>
    internal sealed record TimedTerm(KernelShape Shape, Func<Kernel, long> Time) : Term([.. Shape.Sizes.SelectMany(s => s.Axes).Distinct()])
    {
        /// <summary>Nodes that are alike.</summary>
        public int Count { get; set; } = 1;

        public override Cost At(ReadOnlySpan<int> lengths) => new(0, 0, 0, Count * Time(Shape.At(lengths)));
    }

    /// <param name="Axes">Axis numbers; one twice counts twice.</param>
    /// <param name="Bits">Bits of an element where elements of it need not fill whole bytes; else 0.</param>
    internal sealed record ProductTerm(int[] Axes, int Bits) : Term(Axes)
    {
        public long Parameters { get; set; }

        public long Macs { get; set; }

        public long Bytes { get; set; }

        public override Cost At(ReadOnlySpan<int> lengths)
        {
            long product = 1;
            foreach (int axis in Axes)
                product *= lengths[axis];
            return new Cost(Parameters * product, Macs * product, Bits > 0 ? ((Parameters * product * Bits) + 7) / 8 : Bytes * product);
        }
    }

    private readonly Dictionary<string, TimedTerm> _byKernel = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProductTerm> _byAxes = new(StringComparer.Ordinal);
    private readonly List<Term> _all = [];

    public IReadOnlyList<Term> All => _all;

    /// <summary>For each axis the terms it is part of.</summary>
    public int[][] Of { get; private set; } = [];

    /// <summary>The kernels, each with how many nodes are like it.</summary>
    public IEnumerable<(KernelShape Shape, int Count)> Kernels => _byKernel.Values.Select(t => (t.Shape, t.Count));

    public void AddKernel(KernelShape shape, KernelTimes times)
    {
        if (_byKernel.TryGetValue(shape.Key, out TimedTerm? known))
        {
            known.Count++;
            return;
        }
        var term = new TimedTerm(shape, times.Bind(shape.Whole));
        _byKernel[shape.Key] = term;
        _all.Add(term);
    }

    public void AddMacs(IEnumerable<int> axes, long factor) => Merged(axes).Macs += factor;

    public void AddWeight(IEnumerable<int> axes, long factor, int bits)
    {
        ProductTerm term;
        if (bits % 8 == 0)
        {
            term = Merged(axes);
            term.Bytes += factor * bits / 8;
        }
        else
        {
            // the last byte of a narrow tensor is filled up: such terms do not add up before rounding
            term = new ProductTerm([.. axes], bits);
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

    private ProductTerm Merged(IEnumerable<int> axes)
    {
        int[] sorted = [.. axes.Order()];
        string key = string.Join(',', sorted);
        if (!_byAxes.TryGetValue(key, out ProductTerm? term))
        {
            _byAxes[key] = term = new ProductTerm(sorted, 0);
            _all.Add(term);
        }
        return term;
    }
}
