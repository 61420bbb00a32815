using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Rows of arrays in files as samples.</summary>
internal sealed class ArrayRows : IRows
{
    private readonly IReadOnlyList<ArrayBinding> _bindings;
    private readonly Preprocessing? _preprocessing;
    private readonly string _path;

    private ArrayRows(string path, IReadOnlyList<ArrayBinding> bindings, StoredArray? labels, Preprocessing? preprocessing)
    {
        _path = path;
        _bindings = bindings;
        _preprocessing = preprocessing;
        ArrayBinding[] counted = [.. bindings.Where(b => !b.Shared)];
        if (counted.Length == 0)
            throw new DataError($"'{path}' holds one sample without a batch axis; give the arrays a first axis that counts samples");
        foreach (ArrayBinding other in counted.Where(b => b.Array.Rows != counted[0].Array.Rows))
            throw new DataError($"the arrays in '{path}' differ in their number of samples: '{counted[0].Port.Name}' has {counted[0].Array.Rows}, '{other.Port.Name}' has {other.Array.Rows}");
        Count = checked((int)counted[0].Array.Rows);
        if (Count == 0)
            throw new DataError($"'{path}' holds no samples");
        FixedBatch = (int?)counted.Select(b => b.Port.Dims[0]).FirstOrDefault(d => d is not null);
        Labels = labels is null ? null : ReadLabels(labels);
    }

    public int Count { get; }

    public IReadOnlyList<long>? Labels { get; }

    public int? FixedBatch { get; }

    public IReadOnlyCollection<string> Shared => [.. _bindings.Where(b => b.Shared).Select(b => b.Port.Name)];

    public static DataSet Open(string path, IReadOnlyList<StoredArray> arrays, IReadOnlyList<Port> inputs, Preprocessing? preprocessing)
    {
        (IReadOnlyList<ArrayBinding> bindings, StoredArray? labels) = ArrayBinding.Bind(path, arrays, inputs);
        ArrayBinding? pictures = bindings.FirstOrDefault(b => b.Pixels is not null);
        preprocessing = pictures is null ? null : preprocessing ?? Preprocessing.Assumed(PictureInput.ChannelsOf(pictures.Port));
        if (pictures is not null)
            PictureInput.Of(pictures.Port, preprocessing!); // throws now what would else be thrown with the first batch
        return new DataSet(new ArrayRows(path, bindings, labels, preprocessing), preprocessing);
    }

    public IRowReader Open() => new Reader(_path, [.. _bindings.Select(b => new Column(_path, b, _preprocessing))]);

    private long[] ReadLabels(StoredArray array)
    {
        if (array.Type.IsFloating() || array.Dims is not ([_] or [_, 1]))
            throw new DataError($"the labels '{array.Name}' in '{_path}' are {array.Type.ToString().ToLowerInvariant()} {array.Shape}; they must be whole numbers, one for each sample");
        if (array.Rows != Count)
            throw new DataError($"'{_path}' has {Count} samples, but {array.Rows} labels");
        long[] labels = array.ReadAll().ToInt64s();
        int wrong = Array.FindIndex(labels, l => l < 0);
        return wrong < 0 ? labels : throw new DataError($"the label of sample {wrong} in '{_path}' is {labels[wrong]}; labels are class numbers from 0");
    }

    private sealed class Reader(string path, Column[] columns) : IRowReader
    {
        public IReadOnlyDictionary<string, Tensor> Read(IReadOnlyList<int> rows)
        {
            try
            {
                return columns.ToDictionary(c => c.Name, c => c.Read(rows));
            }
            catch (Exception failure) when (failure is IOException or InvalidDataException)
            {
                throw new DataError($"'{path}' cannot be read: {RuntimeError.OneLine(failure.Message)}", failure);
            }
        }

        public void Dispose()
        {
            foreach (Column column in columns)
                column.Dispose();
        }
    }

    /// <summary>The rows of one array on their way into one input.</summary>
    private sealed class Column : IDisposable
    {
        private readonly string _path;
        private readonly ArrayBinding _binding;
        private readonly RowStream _stream;
        private readonly PicturePipeline? _pipeline;
        private readonly Tensor? _shared;

        public Column(string path, ArrayBinding binding, Preprocessing? preprocessing)
        {
            _path = path;
            _binding = binding;
            _stream = new RowStream(binding.Array);
            if (binding.Pixels is { } pixels)
                _pipeline = new PicturePipeline(PictureInput.Of(binding.Port, preprocessing!), preprocessing!, pixels);
            if (binding.Shared)
                _shared = Convert(binding.Array.ReadAll(), [0]);
        }

        public string Name => _binding.Port.Name;

        public Tensor Read(IReadOnlyList<int> rows)
        {
            if (_shared is not null)
                return _shared;
            StoredArray array = _binding.Array;
            int bytes = array.RowBytes;
            var content = new byte[(long)bytes * rows.Count];
            for (int i = 0; i < rows.Count; i++)
            {
                Span<byte> row = content.AsSpan(i * bytes, bytes);
                if (i > 0 && rows[i] == rows[i - 1])
                    content.AsSpan((i - 1) * bytes, bytes).CopyTo(row);
                else
                    _stream.Read(rows[i], row);
            }
            var tensor = new Tensor(array.Type, [rows.Count, .. array.Dims[1..]], new ManagedStorage(content));
            return _pipeline is null ? Convert(tensor, rows) : _pipeline.PrepareArray(WithChannels(tensor));
        }

        public void Dispose()
        {
            _stream.Dispose();
            _pipeline?.Dispose();
        }

        /// <summary>Pictures [n, h, w] are [n, h, w, 1].</summary>
        private static Tensor WithChannels(Tensor pixels) =>
            pixels.Rank == 3 ? new Tensor(pixels.Type, [.. pixels.Dims, 1], pixels.Storage) : pixels;

        /// <summary>The numbers in the type of the input.</summary>
        private Tensor Convert(Tensor tensor, IReadOnlyList<int> rows)
        {
            ElementType type = _binding.Port.ElementType;
            if (tensor.Type.IsFloating())
            {
                float[] numbers = tensor.ToFloats();
                int wrong = Array.FindIndex(numbers, n => !float.IsFinite(n));
                if (wrong >= 0)
                    throw Fault(rows, tensor, wrong, float.IsNaN(numbers[wrong]) ? "NaN" : "a number that is not finite");
                return tensor.Type == type ? tensor : Tensor.FromFloats(type, numbers, tensor.Dims);
            }
            if (tensor.Type == type)
                return tensor;
            long[] integers = tensor.ToInt64s();
            if (type == ElementType.Bool)
                return Tensor.FromInt64s(type, integers.Select(i => i == 0 ? 0L : 1L).ToArray(), tensor.Dims);
            Tensor result = Tensor.FromInt64s(type, integers, tensor.Dims);
            long[] back = result.ToInt64s();
            for (int i = 0; i < back.Length; i++)
            {
                if (back[i] != integers[i])
                    throw Fault(rows, tensor, i, $"{integers[i]}, which is too large for {type.ToString().ToLowerInvariant()},");
            }
            return result;
        }

        private DataError Fault(IReadOnlyList<int> rows, Tensor tensor, int element, string what)
        {
            int perRow = Math.Max((int)(tensor.Count / rows.Count), 1);
            return new DataError($"sample {rows[element / perRow]} for the input '{Name}' in '{_path}' holds {what}");
        }
    }
}
