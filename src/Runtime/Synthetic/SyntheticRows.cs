using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Samples that are made when they are read: pictures for inputs that look like some, random numbers for others.</summary>
internal sealed class SyntheticRows : IRows
{
    private readonly IReadOnlyList<Port> _ports;
    private readonly IReadOnlyDictionary<string, long[]> _shapes;
    private readonly Dictionary<string, PictureShape> _pictures = [];
    private readonly HashSet<string> _shared = [];
    private readonly Preprocessing? _preprocessing;
    private readonly int _seed;

    /// <param name="ports">What the model reads.</param>
    /// <param name="shapes">Sizes that run; the first is replaced by the number of samples where an input has some.</param>
    /// <param name="preprocessing">How pictures are prepared; null if there are none.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="seed">What they depend on.</param>
    public SyntheticRows(IReadOnlyList<Port> ports, IReadOnlyDictionary<string, long[]> shapes, Preprocessing? preprocessing, int count, int seed)
    {
        (_ports, _shapes, _preprocessing, _seed, Count) = (ports, shapes, preprocessing, seed, count);
        bool isOpen = ports.Any(p => p.Rank > 0 && p.Dims[0] is null);
        foreach (Port port in ports)
        {
            if (port.Rank == 0 || (isOpen && port.Dims[0] is not null))
                _shared.Add(port.Name);
            else if (preprocessing is not null && PictureShape.Of(port.Name, port.ElementType, shapes[port.Name], preprocessing.Layout) is { } shape)
                _pictures[port.Name] = shape;
        }
        FixedBatch = isOpen ? null : (int?)ports.Where(p => p.Rank > 0).Select(p => p.Dims[0]).FirstOrDefault() ?? 1;
    }

    public int Count { get; }

    public IReadOnlyList<long>? Labels => null;

    public int? FixedBatch { get; }

    public IReadOnlyCollection<string> Shared => _shared;

    /// <summary>Height and width of the pictures; null if there are none.</summary>
    public (int Height, int Width)? Side => _pictures.Count == 0 ? null : (_pictures.Values.First().Height, _pictures.Values.First().Width);

    public IRowReader Open() => new Reader(this);

    private Tensor Make(Port port, IReadOnlyList<int> rows)
    {
        long[] dims = _shapes[port.Name];
        if (_shared.Contains(port.Name))
            return SyntheticInputs.Fill(port, dims, _seed);
        dims = [rows.Count, .. dims[1..]];
        int length = checked((int)dims[1..].Aggregate(1L, (a, b) => a * b));
        if (!port.ElementType.IsFloating())
            return Tensor.FromInt64s(port.ElementType, [.. rows.SelectMany(r => SyntheticInputs.Fill(port, [1, .. dims[1..]], HashCode(r)).ToInt64s())], dims);
        var numbers = new float[checked(length * rows.Count)];
        Parallel.For(0, rows.Count, i =>
        {
            Span<float> row = numbers.AsSpan(i * length, length);
            if (_pictures.TryGetValue(port.Name, out PictureShape shape))
                Draw(shape, rows[i], row);
            else
                SyntheticInputs.Fill(port, [1, .. dims[1..]], HashCode(rows[i])).ToFloats().CopyTo(row);
        });
        return Tensor.FromFloats(port.ElementType, numbers, dims);
    }

    private int HashCode(int row) => unchecked((_seed * 1000003) + row);

    private void Draw(PictureShape shape, int row, Span<float> result)
    {
        var planes = new float[shape.Length];
        DeadLeaves.Draw(new SplitMix(_seed, row), planes, shape.Height, shape.Width);
        var range = new PictureRange(_preprocessing!);
        int plane = shape.Height * shape.Width;
        for (int c = 0; c < shape.Channels; c++)
        {
            (float low, float high) = (range.Low(c), range.High(c));
            (int start, int step) = shape.Layout == PictureLayout.Nchw ? (c * plane, 1) : (c, shape.Channels);
            for (int i = 0; i < plane; i++)
                result[start + (i * step)] = low + ((high - low) * planes[(c * plane) + i]);
        }
    }

    private sealed class Reader(SyntheticRows rows) : IRowReader
    {
        public IReadOnlyDictionary<string, Tensor> Read(IReadOnlyList<int> wanted) => rows._ports.ToDictionary(p => p.Name, p => rows.Make(p, wanted));

        public void Dispose()
        {
            // nothing is held open
        }
    }
}
