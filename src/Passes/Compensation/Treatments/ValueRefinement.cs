using SiDT.Frontend;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>
/// Fits what makes values and what reads them in turns to what they made while they were whole, so that groups make good for each other: what a
/// head lacks may be had by the attention of another. Writers move along what they made before, and along the directions of x that most is made of.
/// </summary>
internal sealed class ValueRefinement : IRefinement
{
    private readonly ValueNet _net;
    private readonly ReadMoments _moments;
    private readonly CompensationOptions _options;
    private readonly Matrix _directions;
    private readonly Matrix[] _writers, _readers, _biases;

    private ValueRefinement(ValueNet net, Matrix read, int passes, Setting setting, Residual? residual)
    {
        _net = net;
        _options = setting.Options;
        _writers = [.. Enumerable.Range(0, net.Groups).Select(net.Writer)];
        _readers = [.. Enumerable.Range(0, net.Groups).Select(net.Reader)];
        _biases = [.. Enumerable.Range(0, net.Groups).Select(net.Biases)];
        _directions = NeededDirections.Of(read, _writers, _readers, net.Size * passes);
        _moments = new ReadMoments(net.Consumer, setting.Analysis, setting.Tokens, residual, (net, _directions));
    }

    /// <summary>For the place of values, or of the heads that hold them; null where they are made or read in another way.</summary>
    /// <param name="place">The place, while it is whole.</param>
    /// <param name="kept">How many of its units will stay.</param>
    /// <param name="places">All places.</param>
    /// <param name="setting">Of the graph.</param>
    /// <param name="residuals">By consumer, where its target is.</param>
    /// <param name="student">Samples at a place before it.</param>
    /// <param name="rows">Rows of a batch.</param>
    public static ValueRefinement? Of(Place place, int kept, IReadOnlyList<Place> places, Setting setting, Func<Consumer, Residual?> residuals, Flow student, int rows)
    {
        if (!setting.Options.Refit || !setting.Options.Rotate || place.Consumers is not [var reader] || places.FirstOrDefault(p => p.Values.Length > 0 && p.Consumers is [var own] && own == reader) is not { } values
            || ValueNet.Find(values, setting.Consumers, setting.Analysis) is not { } net)
            return null;
        var read = new ReadMoments(net.Maker, setting.Analysis, setting.Tokens, null);
        student.Observe([read], last: student.HeldOut + ((DirectionRows + rows - 1) / rows));
        // the more goes, the more is to be looked for elsewhere
        int passes = Math.Clamp((int)Math.Ceiling(4.0 * (place.Dimension.Size - kept) / place.Dimension.Size), 1, MostPasses);
        try
        {
            return read.IsThere ? new ValueRefinement(net, read.All.Second, passes, setting, residuals(reader)) : null;
        }
        catch (AlgebraError)
        {
            return null; // numbers that nothing can be solved with
        }
    }

    public string Name => "fits in turns";

    public double Nearer => 1; // a closed form with few freedoms: what is nearer at the next place on other samples is better

    public IStatistic Samples => _moments;

    public string? Run(Model model, IReadOnlySet<int> gone, double share)
    {
        if (!_moments.IsThere)
            return "its rows cannot be observed";
        int[][] left = [.. Enumerable.Range(0, _net.Groups).Select(g => _net.Left(g, gone))];
        int[] groups = [.. Enumerable.Range(0, _net.Groups).Where(g => left[g].Length > 0)];
        if (groups.Length == 0)
            return "nothing is left of it";
        try
        {
            Matrix moments = _moments.All.Covariance;
            if (!Differ(moments))
                return "too few samples that differ";
            int[][] columns = _net.Columns(_directions.Columns);
            Matrix[] readers = [.. groups.Select(g => _net.Reader(g).SelectRows(left[g]))], starts = [.. groups.Select(g => Start(g, left[g]))];
            var fit = new AlternatingFit(moments, Target(moments, columns, share), [.. groups.Select(g => columns[g])], starts, readers);
            fit.Run(Rounds, WriterRidge, ReaderRidge);
            var shift = new double[_net.Consumer.Outputs];
            double[] mean = _moments.All.Mean;
            for (int i = 0; i < groups.Length; i++)
            {
                int g = groups[i];
                double[] read = [.. columns[g].Select(c => mean[c])];
                Simd.AddScaled(shift, 1, readers[i].TransposedTimes(starts[i].TransposedTimes(read)));
                Simd.AddScaled(shift, -1, fit.Readers[i].TransposedTimes(fit.Writers[i].TransposedTimes(read)));
                Matrix own = fit.Writers[i].Top(_net.Size), beside = fit.Writers[i].SelectRows([.. Enumerable.Range(_net.Size, _directions.Columns)]);
                _net.Write(g, left[g], _writers[g].Times(own).Plus(_directions.Times(beside)), fit.Readers[i], own.TransposedTimes(_biases[g]));
            }
            _net.Consumer.AddToBias(shift);
            return null;
        }
        catch (AlgebraError error)
        {
            return error.Message; // huge numbers of 32 bits leave moments that are none
        }
    }

    // samples that repeat each other leave their mean where it is, and show few directions; nor could those that are held out tell what was fitted to these alone
    private bool Differ(Matrix moments)
    {
        if (_moments.Parts is not var (fitted, aside))
            return false;
        double[] apart = [.. fitted.Mean.Zip(aside.Mean, (f, a) => f - a)];
        return Simd.Dot(apart, apart) > Chance * moments.Trace() / _moments.All.Weight;
    }

    // what is written now as a mix of what was written, and nothing of the directions
    private Matrix Start(int group, int[] units)
    {
        Matrix mix = Ridge.Solve(_writers[group].TransposedTimes(_writers[group]), _writers[group].TransposedTimes(_net.Writer(group).SelectColumns(units)), Singular);
        var start = new Matrix(_net.Size + _directions.Columns, units.Length);
        mix.Data.CopyTo(start.Data, 0);
        return start;
    }

    private Matrix Target(Matrix moments, int[][] columns, double share)
    {
        var target = new Matrix(moments.Rows, _net.Consumer.Outputs);
        for (int g = 0; g < _net.Groups; g++)
        {
            for (int i = 0; i < _net.Size; i++)
                _readers[g].Row(i).CopyTo(target.Row(columns[g][i]));
        }
        if (share == 0 || _moments.All.Cross is not { } cross)
            return target;
        int[] own = [.. columns.SelectMany(c => c.Take(_net.Size))];
        Matrix gain = Ridge.Solve(moments.Select(own, own), cross.SelectRows(own), _options.CorrectionRidge);
        for (int i = 0; i < own.Length; i++)
            Simd.AddScaled(target.Row(own[i]), share, gain.Row(i));
        return target;
    }

    // rows that tell which directions are needed; walks along the path at most, each for as many directions as a group has units
    private const int DirectionRows = 32, MostPasses = 2;

    // means of so small a part of the variance of a mean are not those of different samples
    private const double Chance = 1e-3;

    // units that are mixes of others
    private const double Singular = 1e-10;

    // chosen by measurement (docs/results.md)
    private const int Rounds = 2;
    private const double WriterRidge = 0.05, ReaderRidge = 1e-2;
}
