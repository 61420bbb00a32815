using System.Text.Json;
using SiDT.Backend.Compilation;
using SiDT.Backend.Diff;
using SiDT.Backend.Pages;
using SiDT.Backend.Reporting;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;
using SiDT.Passes.Gathering;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Backend.Outputs;

/// <summary>Looks before anything is computed whether results may go where they are asked to go.</summary>
public static class OutputPlace
{
    /// <summary>The plan that belongs to a model file: <c>small.onnx</c>, <c>small.plan.json</c>.</summary>
    public static string PlanOf(string model) => Path.ChangeExtension(model, ".plan.json");

    /// <summary>Checks the place of a model and of its plan.</summary>
    /// <param name="path">Where the model goes.</param>
    /// <param name="force">Whether files of others may be overwritten.</param>
    /// <param name="inputs">Files that are read and must stay.</param>
    /// <exception cref="OutputError">It cannot be written, or is not ours.</exception>
    public static void CheckModel(string path, bool force, params string?[] inputs)
    {
        Check(path, force, IsOurModel, inputs);
        Check(PlanOf(path), force, IsOurPlan, inputs);
        if (!force && File.Exists(path + ".data") && !File.Exists(path))
            throw NotOurs(path + ".data");
    }

    /// <summary>Checks the place of a plan.</summary>
    /// <inheritdoc cref="CheckModel"/>
    public static void CheckPlan(string path, bool force, params string?[] inputs) => Check(path, force, IsOurPlan, inputs);

    /// <summary>Checks the place of statistics.</summary>
    /// <inheritdoc cref="CheckModel"/>
    public static void CheckStatistics(string path, bool force, params string?[] inputs) => Check(path, force, StatisticsFile.IsOne, inputs);

    /// <summary>Checks the place of a table of costs.</summary>
    /// <inheritdoc cref="CheckModel"/>
    public static void CheckTable(string path, bool force, params string?[] inputs) => Check(path, force, p => HasFormat(p, CostTable.FormatName), inputs);

    /// <summary>Checks the place of arrays (.npz); any other file there stays.</summary>
    /// <exception cref="OutputError">It cannot be written, or is there already.</exception>
    public static void CheckArrays(string path, params string?[] inputs) => Check(path, false, AnswerFile.IsOne, inputs);

    /// <summary>Checks the place of a drawing.</summary>
    /// <inheritdoc cref="CheckModel"/>
    public static void CheckCurve(string path, bool force, params string?[] inputs) => Check(path, force, IsOurCurve, inputs);

    /// <summary>Checks the place of a page or a diff.</summary>
    /// <inheritdoc cref="CheckModel"/>
    public static void CheckText(string path, bool force, params string?[] inputs) => Check(path, force, p => IsOurPage(p) || HasFormat(p, ModelDiff.FormatName), inputs);

    private static bool IsOurPage(string path)
    {
        try
        {
            return File.ReadLines(path).Take(4).Any(l => l.Contains(PageHtml.Mark, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsOurCurve(string path)
    {
        try
        {
            return File.ReadLines(path).Take(2).Any(l => l.Contains(SweepCurve.Mark, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Check(string path, bool force, Func<string, bool> isOurs, string?[] inputs)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0'))
            throw new OutputError($"'{path.Replace("\0", "\\0", StringComparison.Ordinal)}' is no path of a file; give one");
        if (Directory.Exists(path))
            throw new OutputError($"'{path}' is a folder and cannot be written as a file; give the path of a file");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new OutputError($"'{path}' cannot be written because its folder does not exist; create it");
        if (inputs.Any(i => i is not null && RealPath.Of(i) == RealPath.Of(path)))
            throw new OutputError($"'{path}' is read by this command and would be overwritten; give another name");
        if (!force && File.Exists(path) && !isOurs(path))
            throw NotOurs(path);
    }

    private static OutputError NotOurs(string path) =>
        new($"'{path}' exists and was not written by sidtc; give another name, or --force to overwrite it");

    private static bool IsOurModel(string path)
    {
        try
        {
            return Stamp.IsOn(ModelReader.Read(path));
        }
        catch (ModelError)
        {
            return false;
        }
    }

    private static bool IsOurPlan(string path) => HasFormat(path, Plan.FormatName);

    private static bool HasFormat(string path, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("format", out JsonElement format) && format.ValueEquals(name);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
