using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Backend.Compilation;

/// <summary>What is looked at to find out what matters.</summary>
public static class CalibrationData
{
    /// <summary>The data that were asked for, or synthetic ones where none were.</summary>
    /// <param name="original">The model, its functions inlined.</param>
    /// <param name="options">Names the data, or says how many samples are to be made, and from which seed.</param>
    /// <exception cref="DataError">The data are at fault.</exception>
    /// <exception cref="RuntimeError">ONNX Runtime does not run the model.</exception>
    public static DataSet Open(Model original, CompileOptions options)
    {
        using Session session = Session.Open(original, options.Session with { Optimize = false });
        return options.Calibration is { } calibration
            ? DataSet.Open(calibration.Path, session, calibration.Preprocess).Take(calibration.Samples)
            : SyntheticPictures.For(original, session, options.SyntheticSamples, options.Seed, options.Preprocess).Data;
    }

    /// <summary>What the user should know of the data; null where they were given.</summary>
    public static string? Note(CompileOptions options) => options.Calibration is not null ? null
        : $"no calibration data are given, so {options.SyntheticSamples} synthetic samples (dead leaves and 1/f noise; random numbers where the model reads no pictures) stand in for them; '--calib DATA' names real ones";

    /// <summary>What the user should know of data that were opened.</summary>
    public static IEnumerable<string> Notes(DataSet data, CompileOptions options)
    {
        if (Note(options) is { } note)
            yield return note;
        if (data.Preprocessing is { IsAssumed: true } preprocessing)
            yield return $"neither the model nor the command says how pictures are prepared ({preprocessing.Origin}); '--preprocess' does";
    }
}
