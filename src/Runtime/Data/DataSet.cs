using System.Numerics;

namespace SiDT.Runtime;

/// <summary>
/// Calibration or evaluation data that fit a model. Opening checks names and shapes; samples are read when batches are
/// asked for, a batch at a time, and as often as wanted.
/// </summary>
public sealed class DataSet
{
    private readonly IRows _rows;
    private readonly IReadOnlyList<int>? _selected;

    internal DataSet(IRows rows, Preprocessing? preprocessing, IReadOnlyList<int>? selected = null)
    {
        _rows = rows;
        _selected = selected;
        Preprocessing = preprocessing;
    }

    /// <summary>Number of samples.</summary>
    public int Count => _selected?.Count ?? _rows.Count;

    public bool HasLabels => _rows.Labels is not null;

    /// <summary>How pictures are prepared; null when the data are fed as they are.</summary>
    public Preprocessing? Preprocessing { get; }

    /// <summary>Opens a folder of pictures, a picture, .npy, .npz, idx or CIFAR files.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="inputs">What the model reads.</param>
    /// <param name="preprocessing">How pictures (also those in uint8 arrays) are prepared; null: <see cref="Preprocessing.Assumed"/>.</param>
    /// <exception cref="DataError">Nothing usable is there, or it does not fit the model.</exception>
    public static DataSet Open(string path, IReadOnlyList<Port> inputs, Preprocessing? preprocessing = null) =>
        DataSource.Open(path, inputs, preprocessing);

    /// <summary>The same with the preprocessing that <paramref name="preprocess"/> names, else the one in the model's metadata.</summary>
    /// <inheritdoc cref="Open(string, IReadOnlyList{Port}, Preprocessing?)"/>
    public static DataSet Open(string path, Session model, string? preprocess = null) =>
        Open(path, model.Inputs, preprocess is null ? PreprocessingReader.FromMetadata(model.Metadata) : PreprocessingReader.Read(preprocess));

    /// <summary>All samples in order. A model with a fixed batch size gets that, whatever <paramref name="batchSize"/> says.</summary>
    /// <exception cref="DataError">A sample cannot be read (thrown while enumerating).</exception>
    public IEnumerable<Batch> Batches(int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        using IRowReader reader = _rows.Open();
        int size = _rows.FixedBatch ?? batchSize;
        for (int start = 0; start < Count; start += size)
        {
            int count = Math.Min(size, Count - start);
            int filled = _rows.FixedBatch is null ? count : size;
            int[] rows = [.. Enumerable.Range(start, filled).Select(i => Row(Math.Min(i, start + count - 1)))];
            yield return new Batch(reader.Read(rows), _rows.Labels is { } labels ? [.. rows.Take(count).Select(r => labels[r])] : null, count);
        }
    }

    /// <summary><paramref name="count"/> samples spread evenly over all (classes often lie one after the other); all if there are fewer.</summary>
    public DataSet Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count >= Count)
            return this;
        return Select(i => (int)((long)i * Count / count), count);
    }

    /// <summary>All samples in an order of which every stretch is spread over all: classes often lie one after the other.</summary>
    public DataSet Spread()
    {
        int step = Math.Max(1, (int)(Count * GoldenSection));
        while (BigInteger.GreatestCommonDivisor(step, Count) != 1)
            step++;
        return Select(i => (int)((long)i * step % Count), Count);
    }

    // steps by this part of a circle never come near to where they were before long
    private const double GoldenSection = 0.6180339887;

    /// <summary>Part <paramref name="index"/> (from 0) of <paramref name="count"/> parts of nearly equal size, which together hold every sample once.</summary>
    public DataSet Shard(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        int start = (int)((long)index * Count / count);
        return Select(i => start + i, (int)((long)(index + 1) * Count / count) - start);
    }

    /// <summary>The batch size that the model fixes; null if it leaves it open.</summary>
    internal int? FixedBatch => _rows.FixedBatch;

    /// <summary>Inputs whose array is fed as a whole to every batch.</summary>
    internal IReadOnlyCollection<string> Shared => _rows.Shared;

    /// <summary>Starts a pass; rows are named by <see cref="Row"/>.</summary>
    internal IRowReader OpenRows() => _rows.Open();

    /// <summary>The row behind a sample.</summary>
    internal int Row(int position) => _selected?[position] ?? position;

    private DataSet Select(Func<int, int> position, int count) =>
        new(_rows, Preprocessing, [.. Enumerable.Range(0, count).Select(i => Row(position(i)))]);
}
