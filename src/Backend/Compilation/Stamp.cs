using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Backend.Compilation;

/// <summary>What an emitted model says about itself: the hash of its plan, the version that made it, the hash of what it was made from.</summary>
public static class Stamp
{
    public const string PlanKey = "sidt.plan";
    public const string VersionKey = "sidt.version";
    public const string SourceKey = "sidt.source";

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(Stamp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>SHA-256 of a text as it stands in a file, in lower-case hex.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Whether sidtc made the model.</summary>
    public static bool IsOn(Model model) => Read(model, VersionKey) is not null && Read(model, PlanKey) is not null;

    public static string? Read(Model model, string key) => model.Source.MetadataProps.FirstOrDefault(p => p.Key == key)?.Value;

    /// <summary>Writes the three entries, in place of older ones, and declares every domain whose operators are used.</summary>
    public static void Put(Model model, string plan, string source)
    {
        Set(model, PlanKey, plan);
        Set(model, VersionKey, Version);
        Set(model, SourceKey, source);
        DeclareDomains(model, model.Graph);
    }

    private static void Set(Model model, string key, string value)
    {
        if (model.Source.MetadataProps.FirstOrDefault(p => p.Key == key) is { } entry)
            entry.Value = value;
        else
            model.Source.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
    }

    private static void DeclareDomains(Model model, Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            if (node.Domain.Length > 0)
                model.Import(node.Domain, 1);
            foreach (Graph body in node.Subgraphs.Values)
                DeclareDomains(model, body);
        }
    }
}
