using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Outputs;

/// <summary>Plans from files.</summary>
public static class PlanSource
{
    /// <summary>The plan beside a model that sidtc wrote, if it is the one that the model was made by.</summary>
    public static Plan? Beside(string model)
    {
        string path = OutputPlace.PlanOf(model);
        return File.Exists(path) && Stamp.Read(ModelReader.Read(model), Stamp.PlanKey) is { } hash && Stamp.Hash(File.ReadAllText(path)) == hash ? Read(path) : null;
    }

    /// <exception cref="ModelError">The file cannot be read, or is no plan.</exception>
    public static Plan Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
                throw new ModelError($"'{path}': is a folder, not a file; give the path of a plan");
            if (!File.Exists(path))
                throw new ModelError($"'{path}': there is no such file; check the path, or make a plan with 'sidtc plan'");
            return PlanFile.Read(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelError($"'{path}': the file cannot be read ({e.Message.TrimEnd('.')}); check its permissions");
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            throw new ModelError($"'{path}' is not a plan: {e.Message.TrimEnd('.')}; make one with 'sidtc plan'");
        }
    }
}
