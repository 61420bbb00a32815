using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>
/// Samples for a model that no data are given for: pictures of dead leaves and 1/f noise where it reads pictures, random numbers
/// as of <see cref="SyntheticInputs"/> where it does not.
/// </summary>
/// <param name="Data">The samples.</param>
/// <param name="Words">What they are, for people: <c>256 synthetic pictures of 224x224</c>.</param>
public sealed record SyntheticPictures(DataSet Data, string Words)
{
    private const int UsualSide = 224;

    /// <summary>Samples with which the model was run successfully; they are made when they are read.</summary>
    /// <param name="model">The model; what it does to its pixels first says what pixels it expects.</param>
    /// <param name="session">The same model.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed gives the same samples.</param>
    /// <param name="preprocess">How pictures are prepared, as <c>--preprocess</c> says it; null: as the model's metadata or its graph say.</param>
    /// <exception cref="RuntimeError">The model runs with no usual sizes.</exception>
    /// <exception cref="DataError">The preprocessing is not understood, or does not fit the model.</exception>
    public static SyntheticPictures For(Model model, Session session, int count, int seed, string? preprocess = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Port? pictures = session.Inputs.FirstOrDefault(p => p.ElementType.IsFloating() && PictureInput.IsPicture(p));
        Preprocessing? preprocessing = pictures is null ? null
            : preprocess is not null ? PreprocessingReader.Read(preprocess)
            : PreprocessingReader.FromMetadata(session.Metadata) ?? OwnNormalization.Of(model.Graph, pictures.Name) ?? Assumed(pictures);
        IReadOnlyDictionary<string, long[]> shapes = Shapes(session, seed, pictures, preprocessing);
        var rows = new SyntheticRows(session.Inputs, shapes, preprocessing, count, seed);
        return new SyntheticPictures(new DataSet(rows, preprocessing), Describe(rows, count, preprocessing));
    }

    /// <summary>Nothing is known: numbers of mean 0 and deviation 1, as networks like them.</summary>
    private static Preprocessing Assumed(Port port) => PictureInput.ChannelsOf(port) == 3
        ? Preprocessing.Assumed(3)
        : Preprocessing.None with { Mean = [0.45f], Std = [0.24f], Origin = "assumed: mean 0, deviation 1", IsAssumed = true };

    /// <summary>Sizes of one sample of each input.</summary>
    private static Dictionary<string, long[]> Shapes(Session session, int seed, Port? pictures, Preprocessing? preprocessing)
    {
        if (session.Inputs is [var only] && pictures == only && only.Dims[0] is null or 1)
        {
            long[] dims = UsualDims(only, preprocessing!);
            try
            {
                session.Run(new Dictionary<string, Tensor> { [only.Name] = Tensor.FromFloats(only.ElementType, new float[dims.Aggregate(1L, (a, b) => a * b)], dims) });
                return new() { [only.Name] = dims };
            }
            catch (RuntimeError)
            {
                // other sizes may run
            }
        }
        return SyntheticInputs.For(session, seed).ToDictionary(f => f.Key, f => f.Value.Dims);
    }

    private static long[] UsualDims(Port port, Preprocessing preprocessing)
    {
        PictureInput input = PictureInput.Of(port, preprocessing);
        bool first = input.Layout == PictureLayout.Nchw;
        long height = port.Dims[first ? 2 : 1] ?? preprocessing.Crop?.Height ?? UsualSide, width = port.Dims[first ? 3 : 2] ?? preprocessing.Crop?.Width ?? UsualSide;
        return first ? [1, input.Channels, height, width] : [1, height, width, input.Channels];
    }

    private static string Describe(SyntheticRows rows, int count, Preprocessing? preprocessing) => rows.Side is var (height, width)
        ? $"{count} synthetic pictures of {height}x{width} ({preprocessing!.Origin})"
        : $"{count} samples of random numbers (no input looks like a picture)";
}
