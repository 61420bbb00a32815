using System.Globalization;

namespace SiDT.Passes.Shapes;

/// <summary>
/// A size: an integer, or a polynomial with integer coefficients over positive symbols (batch, height, ...).
/// Equal sizes have equal <see cref="Key"/>s; what is not polynomial (a rounded division) becomes a symbol of its own,
/// named by its formula, so that equal formulas stay equal.
/// </summary>
public sealed class Dim : IEquatable<Dim>
{
    // monomial ("" for the constant, else symbol names joined by '*', sorted) -> coefficient, never zero
    private readonly SortedDictionary<string, long> _terms;

    private Dim(SortedDictionary<string, long> terms)
    {
        _terms = terms;
        Key = string.Join("+", terms.Select(t => t.Key.Length == 0 ? t.Value.ToString(CultureInfo.InvariantCulture) : t.Value == 1 ? t.Key : $"{t.Value}*{t.Key}"));
        if (Key.Length == 0)
            Key = "0";
    }

    private Dim(long value)
    {
        _terms = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (value != 0)
            _terms[""] = value;
        Key = value.ToString(CultureInfo.InvariantCulture);
    }

    private static readonly Dim[] s_small = [.. Enumerable.Range(0, 1025).Select(i => new Dim((long)i))];

    public static Dim One => s_small[1];

    /// <summary>Canonical text of the polynomial.</summary>
    public string Key { get; }

    public bool IsConstant => _terms.Count == 0 || (_terms.Count == 1 && _terms.ContainsKey(""));

    /// <summary>The number; only for constants.</summary>
    public long Value => IsConstant ? _terms.GetValueOrDefault("") : throw new InvalidOperationException($"{Key} is not a number");

    public bool Is(long value) => IsConstant && Value == value;

    public static Dim Of(long value) => value is >= 0 and <= 1024 ? s_small[value] : new Dim(value);

    public static Dim Symbol(string name) =>
        new(new SortedDictionary<string, long>(StringComparer.Ordinal) { [name.Replace('*', '×').Replace('+', '±')] = 1 });

    public static implicit operator Dim(long value) => Of(value);

    public static Dim operator +(Dim a, Dim b)
    {
        if (a.IsConstant && b.IsConstant)
            return Of(a.Value + b.Value);
        var terms = new SortedDictionary<string, long>(a._terms, StringComparer.Ordinal);
        foreach ((string monomial, long coefficient) in b._terms)
            Accumulate(terms, monomial, coefficient);
        return new Dim(terms);
    }

    public static Dim operator -(Dim a, Dim b) => a + (b * Of(-1));

    public static Dim operator *(Dim a, Dim b)
    {
        if (a.IsConstant && b.IsConstant)
            return Of(checked(a.Value * b.Value));
        if (a.Is(1))
            return b;
        if (b.Is(1))
            return a;
        var terms = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((string left, long x) in a._terms)
        {
            foreach ((string right, long y) in b._terms)
                Accumulate(terms, Join(left, right), checked(x * y));
        }
        return new Dim(terms);
    }

    /// <summary>The quotient if it is a polynomial with integer coefficients; else null.</summary>
    public Dim? DivideExactly(Dim divisor)
    {
        if (divisor.Is(1))
            return this;
        if (Key == divisor.Key)
            return One;
        if (divisor._terms.Count != 1)
            return DivideAsAtom(divisor);
        (string by, long coefficient) = divisor._terms.First();
        var terms = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((string monomial, long value) in _terms)
        {
            if (value % coefficient != 0 || Without(monomial, by) is not { } rest)
                return null;
            terms[rest] = value / coefficient;
        }
        return new Dim(terms);
    }

    /// <summary>Floor division; a symbol named by the formula where it is not exact.</summary>
    public Dim DivideDown(Dim divisor)
    {
        if (IsConstant && divisor.IsConstant)
            return divisor.Value == 0 ? Symbol($"({Key}/0)") : Of((long)Math.Floor((double)Value / divisor.Value));
        return DivideExactly(divisor) ?? Symbol($"floor(({Key})/({divisor.Key}))");
    }

    public Dim DivideUp(Dim divisor)
    {
        if (IsConstant && divisor.IsConstant && divisor.Value != 0)
            return Of((long)Math.Ceiling((double)Value / divisor.Value));
        return DivideExactly(divisor) ?? Symbol($"ceil(({Key})/({divisor.Key}))");
    }

    public static Dim Product(IEnumerable<Dim> dims) => dims.Aggregate(One, (a, b) => a * b);

    public bool Equals(Dim? other) => other is not null && Key == other.Key;

    public override bool Equals(object? obj) => Equals(obj as Dim);

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Key;

    // (N+1)*B*C / (N+1): try the other factors one by one, each a single monomial
    private Dim? DivideAsAtom(Dim divisor)
    {
        if (divisor._terms.Count == 0 || _terms.Count == 0 || _terms.Count % divisor._terms.Count != 0)
            return null;
        (string lead, long leadCoefficient) = divisor._terms.Last();
        (string mine, long myCoefficient) = _terms.Last();
        if (myCoefficient % leadCoefficient != 0 || Without(mine, lead) is not { } rest)
            return null;
        Dim quotient = new(new SortedDictionary<string, long>(StringComparer.Ordinal) { [rest] = myCoefficient / leadCoefficient });
        Dim remainder = this - (quotient * divisor);
        if (remainder.Is(0))
            return quotient;
        if (remainder._terms.Count >= _terms.Count)
            return null;
        return remainder.DivideAsAtom(divisor) is { } more ? quotient + more : null;
    }

    private static void Accumulate(SortedDictionary<string, long> terms, string monomial, long coefficient)
    {
        long sum = terms.GetValueOrDefault(monomial) + coefficient;
        if (sum == 0)
            terms.Remove(monomial);
        else
            terms[monomial] = sum;
    }

    private static string Join(string left, string right)
    {
        if (left.Length == 0)
            return right;
        if (right.Length == 0)
            return left;
        string[] names = [.. left.Split('*'), .. right.Split('*')];
        Array.Sort(names, StringComparer.Ordinal);
        return string.Join('*', names);
    }

    private static string? Without(string monomial, string by)
    {
        if (by.Length == 0)
            return monomial;
        var names = monomial.Split('*').ToList();
        foreach (string name in by.Split('*'))
        {
            if (!names.Remove(name))
                return null;
        }
        return string.Join('*', names);
    }
}
