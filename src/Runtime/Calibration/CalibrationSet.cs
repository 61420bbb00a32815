using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>
/// Data to calibrate with: every sample as it is, and where it holds pictures, more views of it (crops, mirrored, other light, half of
/// them mixed with another sample). What a row holds depends on the data, the seed, the sample and the view, and on nothing else:
/// every pass gives the same rows, in whatever batches. Samples are read a batch at a time.
/// </summary>
public sealed class CalibrationSet
{
    private const int LeastBlock = 16;

    private readonly DataSet _data;
    private readonly ViewSettings _settings;
    private readonly int _part, _parts;

    private CalibrationSet(DataSet data, ViewSettings settings, int part = 0, int parts = 1)
    {
        _data = data;
        _settings = settings;
        _part = part;
        _parts = parts;
        SampleGroups groups = settings.Groups;
        Samples = Groups().Sum(groups.Size);
    }

    /// <summary>Samples of this set, or of this part of it.</summary>
    public int Samples { get; }

    /// <summary>Views of each sample, itself counted.</summary>
    public int Views => _settings.Views;

    /// <summary>All rows: samples times views.</summary>
    public int Rows => Samples * Views;

    /// <summary>Samples of the whole set: what <see cref="CalibrationBatch.Sample"/> counts.</summary>
    public int SamplesOfAll => _data.Count;

    public int Seed => _settings.Seed;

    /// <summary>Why there is one view only although more were asked for; null if there are as many as were asked for.</summary>
    public string? WhyOneView { get; private init; }

    /// <summary>The rows that the model fixes for each batch; null if it leaves that open.</summary>
    public int? FixedRows => _data.FixedBatch;

    /// <summary>A set over data. Reads one sample, to see what inputs look like.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="views">Views of each sample, itself counted; one where no input looks like a picture.</param>
    /// <param name="seed">The same seed gives the same views.</param>
    /// <exception cref="DataError">The first sample cannot be read.</exception>
    public static CalibrationSet Of(DataSet data, int views, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 1);
        string? why = views == 1 ? null : WhyNoViews(data);
        int count = why is null ? views : 1;
        var settings = new ViewSettings(count, seed, SampleGroups.Of(data.Count, count > 1), data.Shared, data.Preprocessing);
        return new CalibrationSet(data, settings) { WhyOneView = why };
    }

    /// <summary>
    /// Part <paramref name="index"/> (from 0) of <paramref name="count"/> parts, which together hold every row of this set once, each as it
    /// is in the whole. Without views, sample i goes into the part i mod <paramref name="count"/>; with views, samples that are mixed
    /// with one another stay together.
    /// </summary>
    public CalibrationSet Shard(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        if (_parts != 1)
            throw new InvalidOperationException("a part of a set is not divided again");
        return new CalibrationSet(_data, _settings, index, count) { WhyOneView = WhyOneView };
    }

    /// <summary>
    /// In which of <paramref name="folds"/> parts a sample is held out, with all its views and with what is mixed into them. With fewer
    /// than <paramref name="folds"/> groups of samples some folds are empty: <see cref="MostFolds"/>.
    /// </summary>
    public int Fold(int sample, int folds) => _settings.Groups.GroupOf(sample) % folds;

    /// <summary>Folds that hold at least one sample each.</summary>
    public int MostFolds => _settings.Groups.Count;

    /// <summary>All rows: sample by sample, and of each sample view by view.</summary>
    /// <param name="rows">Rows of each batch but the last, which may have fewer; a model with a fixed batch size gets that.</param>
    /// <exception cref="DataError">A sample cannot be read (thrown while enumerating).</exception>
    public IEnumerable<CalibrationBatch> Batches(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        int size = _data.FixedBatch ?? rows;
        return Batches(size, _data.FixedBatch);
    }

    /// <summary>
    /// Batches with all views of one sample; where the model fixes the batch size, with one row and copies of it. What is computed of such
    /// a batch does not depend on other samples.
    /// </summary>
    /// <exception cref="DataError">A sample cannot be read (thrown while enumerating).</exception>
    public IEnumerable<CalibrationBatch> Singles() => Batches(_data.FixedBatch is null ? Views : 1, _data.FixedBatch);

    private IEnumerable<CalibrationBatch> Batches(int size, int? filled)
    {
        using IRowReader reader = _data.OpenRows();
        var waiting = new List<CalibrationRow>();
        foreach (int[] samples in Blocks(Math.Max(LeastBlock, size / Views)))
        {
            var block = new SampleBlock(reader.Read([.. samples.Select(_data.Row)]), samples, _settings);
            waiting.AddRange(samples.SelectMany(s => Enumerable.Range(0, Views), (s, v) => new CalibrationRow(block, s, v)));
            int done = 0;
            for (; done + size <= waiting.Count; done += size)
                yield return Batch(waiting.GetRange(done, size), filled ?? size);
            waiting.RemoveRange(0, done);
        }
        if (waiting.Count > 0)
            yield return Batch(waiting, filled ?? waiting.Count);
    }

    private static string? WhyNoViews(DataSet data)
    {
        using IRowReader reader = data.OpenRows();
        IReadOnlyDictionary<string, Tensor> feeds = reader.Read([data.Row(0)]);
        return feeds.Any(f => !data.Shared.Contains(f.Key) && PictureShape.Of(f.Key, f.Value.Type, f.Value.Dims, data.Preprocessing?.Layout) is not null)
            ? null
            : $"no input of the model looks like a picture of floats ({string.Join(", ", feeds.Select(f => $"'{f.Key}' is {f.Value.Type.ToString().ToLowerInvariant()} [{string.Join(',', f.Value.Dims)}]"))})";
    }

    private IEnumerable<int> Groups()
    {
        for (int group = _part; group < _settings.Groups.Count; group += _parts)
            yield return group;
    }

    /// <summary>Samples to read at once; groups are not torn.</summary>
    private IEnumerable<int[]> Blocks(int least)
    {
        var samples = new List<int>();
        foreach (int group in Groups())
        {
            samples.AddRange(Enumerable.Range(_settings.Groups.Start(group), _settings.Groups.Size(group)));
            if (samples.Count < least)
                continue;
            yield return [.. samples];
            samples.Clear();
        }
        if (samples.Count > 0)
            yield return [.. samples];
    }

    private CalibrationBatch Batch(List<CalibrationRow> rows, int filled)
    {
        var feeds = new Dictionary<string, Tensor>();
        var jobs = new List<(string Input, byte[] Bytes, int Length)>();
        foreach (string input in rows[0].Block.Inputs)
        {
            Tensor like = rows[0].Block.Whole(input);
            if (_settings.Shared.Contains(input))
            {
                feeds[input] = like;
                continue;
            }
            int length = checked((int)(like.Dims[1..].Aggregate(1L, (a, b) => a * b) * like.Type.Bits() / 8));
            byte[] bytes = GC.AllocateUninitializedArray<byte>(checked(length * filled), pinned: true); // large, and every row is written
            jobs.Add((input, bytes, length));
            feeds[input] = new Tensor(like.Type, [filled, .. like.Dims[1..]], new ManagedStorage(bytes));
        }
        Parallel.For(0, filled, i =>
        {
            CalibrationRow row = rows[Math.Min(i, rows.Count - 1)];
            foreach ((string input, byte[] bytes, int length) in jobs)
                row.Block.Write(input, row.Sample, row.View, bytes.AsSpan(i * length, length));
        });
        return new CalibrationBatch(feeds, [.. rows.Select(r => r.Sample)], [.. rows.Select(r => r.View)]) { Rows = filled };
    }

    private readonly record struct CalibrationRow(SampleBlock Block, int Sample, int View);
}
