namespace SiDT.Passes.Compensation.Algebra;

/// <summary>How many units each dimension gives up.</summary>
/// <param name="Removed">For each curve the number of units.</param>
/// <param name="Saved">What that saves, in the unit of the costs.</param>
/// <param name="Damage">The sum of the damages read off the curves.</param>
/// <param name="Met">Whether the budget is met.</param>
public sealed record Allocation(int[] Removed, double Saved, double Damage, bool Met)
{
    /// <summary>
    /// Takes steps of one granularity from the curve whose lower convex hull is flattest per cost, until enough is saved: the least sum of
    /// squared damages for what it saves, up to the last step.
    /// </summary>
    /// <param name="curves">One per dimension.</param>
    /// <param name="saving">What must be saved, in the unit of the costs.</param>
    /// <exception cref="AlgebraError">A curve is none, see <see cref="DamageCurve.Read"/>, or a cost is not above 0.</exception>
    public static Allocation Spend(IReadOnlyList<DamageCurve> curves, double saving)
    {
        Hull[] hulls = [.. curves.Select(c => new Hull(c))];
        var queue = new PriorityQueue<int, (double Slope, int Curve)>();
        for (int i = 0; i < hulls.Length; i++)
            Offer(i);
        double saved = 0;
        // rounding of a sum of costs must not cost another step
        double enough = saving - 1e-9 * Math.Abs(saving);
        while (saved < enough && queue.TryDequeue(out int next, out _))
        {
            saved += hulls[next].Step();
            Offer(next);
        }
        return new Allocation([.. hulls.Select(h => h.Removed)], saved, hulls.Sum(h => h.Damage), saved >= enough);

        void Offer(int i)
        {
            if (!hulls[i].Done)
                queue.Enqueue(i, (hulls[i].Slope, i));
        }
    }

    private sealed class Hull
    {
        private readonly int[] _counts, _corners;
        private readonly double[] _damages;
        private readonly double _cost;
        private int _at, _segment;

        public Hull(DamageCurve curve)
        {
            if (!(curve.Cost > 0) || double.IsInfinity(curve.Cost))
                throw new AlgebraError($"a unit that costs {curve.Cost} cannot be spent");
            _cost = curve.Cost;
            _counts = curve.Counts();
            _damages = curve.Read(_counts);
            _corners = ConvexHull.Lower([.. _counts.Select(c => (double)c)], _damages);
        }

        public int Removed => _counts[_at];

        public double Damage => _damages[_at];

        public bool Done => _at == _counts.Length - 1;

        public double Slope
        {
            get
            {
                int left = _corners[_segment], right = _corners[_segment + 1];
                return (_damages[right] - _damages[left]) / ((_counts[right] - _counts[left]) * _cost);
            }
        }

        public double Step()
        {
            _at++;
            if (_at == _corners[_segment + 1])
                _segment++;
            return (_counts[_at] - _counts[_at - 1]) * _cost;
        }
    }
}
