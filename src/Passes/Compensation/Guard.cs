using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Compensation.Treatments;

namespace SiDT.Passes.Compensation;

/// <summary>
/// Keeps of several treatments of a dimension the one that changes the outputs least, on samples that nothing is fitted to: what is fitted to few
/// samples, or to a target that matters little behind it, may be worse than nothing.
/// </summary>
internal sealed class Guard
{
    /// <summary>Below this share of the plain error a treatment needs no rival.</summary>
    private const double Clear = 0.7;

    /// <summary>Few samples judge: what is plain must be better by more than chance to take the place of all.</summary>
    private const double Clearly = 0.9;

    /// <summary>By so little a fit may seem worse than what is plain: few samples cannot tell, and a fit can still be refined.</summary>
    private const double Hardly = 1.03;

    /// <summary>With so many rows to fit to, the stream's error may be made good without a test of its own.</summary>
    private const int Trusted = 192;

    /// <summary>Below this share of the error at the next place a fit is not doubted.</summary>
    public const double Nearer = 0.97;

    // rows that judge are missed by the fit
    private const int JudgeRows = 32;

    private readonly GraphAnalysis _analysis;
    private readonly Flow _judge, _student;
    private readonly string[] _names;
    private readonly bool _isTrusted;
    private readonly OutputChange? _expected;
    private string[] _crossing = [];
    private OutputChange? _near;
    private double? _error, _nearNow;

    /// <param name="analysis">Of the graph whose numbers change.</param>
    /// <param name="judge">The samples to judge by, at the inputs of the graph.</param>
    /// <param name="teacher">The original's samples, at the same place as those to judge by.</param>
    /// <param name="student">Samples on their way through the changing graph; the first <see cref="Flow.HeldOut"/> batches are the same.</param>
    /// <param name="rows">Rows of a batch.</param>
    public Guard(GraphAnalysis analysis, Flow judge, Flow student, Flow teacher, int rows)
    {
        _isTrusted = (student.Batches - student.HeldOut) * rows >= Trusted;
        _analysis = analysis;
        _judge = judge;
        _student = student;
        _names = [.. analysis.Graph.Outputs.Where(o => analysis.Of(o) is { IsConstant: false, Type: var type } && type.IsFloating()).Select(o => o.Name)];
        _expected = student.HeldOut == 0 || _names.Length == 0 ? null : new OutputChange(teacher.Outputs(_names, student.HeldOut));
    }

    /// <summary>How many of the first batches are left for judging. Nothing is fitted to them.</summary>
    /// <param name="options">Whether anything is to be judged.</param>
    /// <param name="batches">How many there are.</param>
    /// <param name="rows">Rows of each.</param>
    public static int HeldOut(CompensationOptions options, int batches, int rows) => options.Guard ? Math.Min(batches / 4, (JudgeRows + rows - 1) / rows) : 0;

    /// <summary>Whether there is anything to judge by.</summary>
    public bool IsThere => _expected is not null;

    /// <summary>Applies the best of some treatments.</summary>
    /// <param name="kept">How many units of each group stay.</param>
    /// <param name="plain">What must not be undercut.</param>
    /// <param name="rivals">From the likeliest to be best; made, observed and solved when they are asked for.</param>
    public Treatment Choose(int kept, Treatment plain, IEnumerable<Treatment> rivals)
    {
        var before = Numbers.Of(_analysis.Graph);
        Treatment best = plain;
        double uncut = _nearNow ?? Near();
        best.Apply(kept);
        Numbers sliced = Numbers.Of(_analysis.Graph), numbers = sliced;
        double near = Near(), limit = double.NaN, least = double.NaN;
        (_error, _nearNow) = (null, null);
        before.Restore(); // rivals observe the dimension as it was
        foreach (Treatment rival in rivals.Where(r => r.IsSolved))
        {
            try
            {
                rival.Share = rival.Shares[0];
                rival.Apply(kept);
            }
            catch (Algebra.AlgebraError)
            {
                before.Restore(); // numbers that nothing can be solved with
                continue;
            }
            // what was lost before this dimension hides what is lost by it
            double after = Near();
            if (after - uncut < Clear * (near - uncut))
            {
                Weaken(rival, kept, before, after, null);
                return rival;
            }
            var own = Numbers.Of(_analysis.Graph);
            if (double.IsNaN(limit))
            {
                sliced.Restore();
                limit = least = Error();
                own.Restore();
            }
            double error = Error();
            if (error < (best == plain ? Hardly : Clearly) * least)
                (best, least, numbers) = (rival, error, own);
            before.Restore();
            if (least < Clear * limit)
                break;
        }
        numbers.Restore();
        if (best != plain)
            Weaken(best, kept, before, Near(), least);
        return best;
    }

    // of the shares of the stream's error that a fit may make good, the one that the outputs like best
    private void Weaken(Treatment treatment, int kept, Numbers before, double near, double? error)
    {
        _nearNow = near;
        if (treatment.Shares is [_] || _isTrusted)
            return;
        var best = Numbers.Of(_analysis.Graph);
        double? least = error;
        double share = treatment.Share;
        foreach (double weaker in treatment.Shares.Skip(1))
        {
            before.Restore();
            treatment.Share = weaker;
            treatment.Apply(kept);
            if (_near is not null && near < Nearer * Near())
                continue; // what helps other samples here helps behind, too
            var own = Numbers.Of(_analysis.Graph);
            double now = Error();
            best.Restore();
            least ??= Error();
            if (now < least)
                (best, least, share) = (own, now, weaker);
        }
        best.Restore();
        if (share != treatment.Shares[0])
            _nearNow = null;
        treatment.Share = share;
        _error = least;
    }

    /// <summary>Lets numbers change, and takes the change back if it does harm.</summary>
    /// <param name="change">Changes numbers, and says why it did not.</param>
    /// <param name="nearer">Below this share of the error at the next place it is not doubted.</param>
    /// <returns>Why nothing changed; null if something did.</returns>
    public string? Improve(Func<string?> change, double nearer = Nearer)
    {
        if (!IsThere)
            return change();
        var before = Numbers.Of(_analysis.Graph);
        double near = _nearNow ?? Near();
        _nearNow = near;
        if (change() is { } reason)
            return reason;
        double then = Near();
        if (_near is not null && then < nearer * near)
        {
            (_error, _nearNow) = (null, then);
            return null;
        }
        var after = Numbers.Of(_analysis.Graph);
        double now = Error();
        before.Restore();
        _error ??= Error();
        if (now <= _error)
        {
            after.Restore();
            (_error, _nearNow) = (now, then);
            return null;
        }
        return "they do harm on other samples";
    }

    /// <summary>Looks at what crosses the place where the original is, too: a clear difference is seen there, at less cost than at the outputs.</summary>
    /// <param name="names">What crosses it; nothing to look at the outputs alone.</param>
    /// <param name="teacher">The original's samples.</param>
    public void Approach(IReadOnlyList<string> names, Flow teacher)
    {
        _crossing = [.. names.Where(n => _analysis.Of(_analysis.Graph.Find(n)!).Type.IsFloating())];
        _nearNow = null;
        _near = _crossing.Length == 0
            ? null
            : new OutputChange([.. Enumerable.Range(0, _student.HeldOut).Select(b => _crossing.ToDictionary(n => n, n => teacher.Read(n, b)))]);
    }

    /// <summary>Applies treatments that are plain in place of all that was done, if the outputs then are nearer to the original's: what is better one by one need not be together.</summary>
    /// <param name="kept">How many units of each group stay.</param>
    /// <param name="plain">For every dimension that was treated.</param>
    /// <param name="before">Numbers before anything was done.</param>
    /// <returns>Whether they were.</returns>
    public bool Falls(IReadOnlyDictionary<Dimension, int> kept, IReadOnlyCollection<Treatment> plain, Numbers before)
    {
        var numbers = Numbers.Of(_analysis.Graph);
        double limit = Total();
        before.Restore();
        foreach (Treatment treatment in plain)
            treatment.Apply(kept[treatment.Dimension]);
        if (Total() < Clearly * limit)
            return true;
        numbers.Restore();
        return false;
    }

    private double Near() => _near?.Of(_student.Outputs(_crossing, _student.HeldOut)) ?? 0;

    private double Total() => _expected!.Of(_judge.Outputs(_names, _judge.Batches));

    private double Error() => _expected!.Of(_student.Outputs(_names, _student.HeldOut));
}
