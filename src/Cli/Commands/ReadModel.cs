using SiDT.Backend.Reporting;
using SiDT.Frontend;
using SiDT.Frontend.Reading;

namespace SiDT.Cli.Commands;

/// <summary>Models by the path that the user gave.</summary>
internal static class ReadModel
{
    public static Model From(string path)
    {
        Model model = ModelReader.Read(path);
        model.BeginHash(); // it is said of every model, and takes longer than most of what is done with one
        return model;
    }

    public static ReportFile Describe(Model model) => new(model.Path ?? "", model.Sha256, Length(model.Path ?? ""));

    /// <summary>Bytes of a model's file and of the file with its tensors beside it.</summary>
    public static long Length(string path)
    {
        long Own(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;
        return Own(path) + Own(path + ".data");
    }
}
