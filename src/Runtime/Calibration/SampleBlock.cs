using System.Buffers;
using System.Runtime.InteropServices;
using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Some samples in memory, of which views are drawn; whole groups, where samples are mixed.</summary>
internal sealed class SampleBlock
{
    private readonly IReadOnlyDictionary<string, Tensor> _feeds;
    private readonly Dictionary<string, Pictures> _pictures = [];
    private readonly ViewSettings _settings;
    private readonly Dictionary<int, int> _places = [];

    /// <param name="feeds">What was read; the first axis counts samples, save for what all samples share.</param>
    /// <param name="samples">Their numbers in the whole set.</param>
    /// <param name="settings">How views are drawn.</param>
    public SampleBlock(IReadOnlyDictionary<string, Tensor> feeds, IReadOnlyList<int> samples, ViewSettings settings)
    {
        _feeds = feeds;
        foreach (int sample in samples)
            _places[sample] = _places.Count;
        _settings = settings;
        if (settings.Views == 1)
            return;
        foreach ((string name, Tensor tensor) in feeds)
        {
            if (!settings.Shared.Contains(name) && PictureShape.Of(name, tensor.Type, tensor.Dims, settings.Preprocessing?.Layout) is { } shape)
                _pictures[name] = new Pictures(tensor, shape);
        }
    }

    /// <summary>Names of the inputs.</summary>
    public IEnumerable<string> Inputs => _feeds.Keys;

    /// <summary>An array of an input as it was read.</summary>
    public Tensor Whole(string input) => _feeds[input];

    /// <summary>Writes one view of one sample.</summary>
    /// <param name="input">The input.</param>
    /// <param name="sample">The sample, counted over the whole set.</param>
    /// <param name="view">0 is the sample as it is.</param>
    /// <param name="row">As many bytes as a row of the input has.</param>
    public void Write(string input, int sample, int view, Span<byte> row)
    {
        Tensor tensor = _feeds[input];
        if (view == 0 || !_pictures.TryGetValue(input, out Pictures? pictures))
            tensor.Bytes.Slice(_places[sample] * row.Length, row.Length).CopyTo(row);
        else if (tensor.Type == ElementType.Float32)
            Render(pictures, sample, view, MemoryMarshal.Cast<byte, float>(row));
        else
            Rounded(tensor.Type, pictures, sample, view).Bytes.CopyTo(row);
    }

    private Tensor Rounded(ElementType type, Pictures pictures, int sample, int view)
    {
        var numbers = new float[pictures.Shape.Length];
        Render(pictures, sample, view, numbers);
        return Tensor.FromFloats(type, numbers, numbers.Length);
    }

    private void Render(Pictures pictures, int sample, int view, Span<float> result)
    {
        PictureShape shape = pictures.Shape;
        var random = new SplitMix(_settings.Seed, sample, view);
        PictureLook look = PictureLook.Draw(ref random, shape);
        look.Render(shape, pictures.Of(_places[sample]), pictures.Moments[_places[sample]], _settings.Range, result);
        int group = _settings.Groups.GroupOf(sample), size = _settings.Groups.Size(group);
        if (!random.Coin() || size == 1)
            return;
        int start = _settings.Groups.Start(group), other = start + ((sample - start + 1 + random.Below(size - 1)) % size);
        PictureBlend blend = PictureBlend.Draw(ref random, shape);
        float[] rent = ArrayPool<float>.Shared.Rent(shape.Length);
        Span<float> drawn = rent.AsSpan(0, shape.Length);
        PictureLook.Draw(ref random, shape).Render(shape, pictures.Of(_places[other]), pictures.Moments[_places[other]], _settings.Range, drawn);
        blend.Apply(shape, drawn, result);
        ArrayPool<float>.Shared.Return(rent);
    }

    private sealed class Pictures
    {
        private readonly float[] _numbers;

        public Pictures(Tensor tensor, PictureShape shape)
        {
            Shape = shape;
            _numbers = tensor.ToFloats();
            Moments = new PictureMoments[_numbers.Length / shape.Length];
            Parallel.For(0, Moments.Length, i => Moments[i] = PictureMoments.Of(Of(i)));
        }

        public PictureShape Shape { get; }

        public PictureMoments[] Moments { get; }

        public ReadOnlySpan<float> Of(int index) => _numbers.AsSpan(index * Shape.Length, Shape.Length);
    }
}
