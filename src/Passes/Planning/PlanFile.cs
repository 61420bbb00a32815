using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SiDT.Frontend;

namespace SiDT.Passes.Planning;

/// <summary>Plans as JSON: UTF-8, stable order, no timestamps; lists of numbers on one line.</summary>
public static class PlanFile
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new NumberListConverter<int>(), new NumberListConverter<long>() },
        TypeInfoResolver = PlanTypes.Default, // made when the program is built: looking at types by reflection takes longer than writing a plan
    };

    public static string Write(Plan plan) => JsonSerializer.Serialize(plan, s_options) + "\n";

    /// <exception cref="ModelError">The text is no plan.</exception>
    public static Plan Read(string text, string path)
    {
        try
        {
            Plan plan = JsonSerializer.Deserialize<Plan>(text, s_options) ?? throw new JsonException("it is empty");
            if (plan.Format != Plan.FormatName)
                throw new ModelError($"'{path}' has the format '{plan.Format}', not '{Plan.FormatName}': make a plan with 'sidtc plan'");
            if (plan.Model is null || plan.Dimensions is null || plan.Dimensions.Any(d => d?.Id is null || d.Removed is null))
                throw new JsonException("fields are missing");
            return plan;
        }
        catch (JsonException error)
        {
            throw new ModelError($"'{path}' is not a plan ({Fault(error)}); make one with 'sidtc plan'");
        }
    }

    private static string Fault(JsonException error) => error switch
    {
        { LineNumber: null } => error.Message,
        { Path: null or "" or "$" } => $"it cannot be read past line {error.LineNumber + 1}",
        _ => $"'{error.Path.TrimStart('$', '.')}' on line {error.LineNumber + 1} is not what it should be",
    };
}

[JsonSerializable(typeof(Plan))]
internal sealed partial class PlanTypes : JsonSerializerContext;
