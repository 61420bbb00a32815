using System.Security.Cryptography;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Storage;

namespace SiDT.Frontend;

/// <summary>A model: the main graph and everything around it that the file said.</summary>
public sealed class Model
{
    private Lazy<string>? _sha256;

    public Model(ModelProto source)
    {
        Source = source;
        Graph = new Graph(this, null, source.Graph ?? new GraphProto());
    }

    /// <summary>The message without its graph's nodes and tensors.</summary>
    public ModelProto Source { get; }

    public Graph Graph { get; internal set; }

    /// <summary>The file it was read from; null for models made in memory.</summary>
    public string? Path { get; init; }

    /// <summary>Length of the file it was read from, external data not counted; 0 for models made in memory.</summary>
    public long FileBytes => File?.Length ?? 0;

    /// <summary>SHA-256 of the file it was read from (that file alone, not its external data), in lower-case hex; null for models made in memory.</summary>
    public string? Sha256 => _sha256?.Value;

    /// <summary>Starts to compute <see cref="Sha256"/> beside everything else.</summary>
    public void BeginHash()
    {
        if (_sha256 is { IsValueCreated: false } hash)
            _ = Task.Run(() => hash.Value);
    }

    /// <summary>Whether the file keeps tensors in other files.</summary>
    public bool HasExternalData { get; internal set; }

    internal NameTable Names { get; } = new();

    /// <summary>The bytes it was read from.</summary>
    internal MappedFile? File
    {
        get;
        set
        {
            field = value;
            _sha256 = value is null ? null : new Lazy<string>(() => Hash(value));
        }
    }

    /// <summary>Version of the operator set of <paramref name="domain"/> that the model imports; 0 if it does not.</summary>
    public long Opset(string domain = "") =>
        Source.OpsetImport.FirstOrDefault(o => o.Domain == domain || (domain.Length == 0 && o.Domain == "ai.onnx"))?.Version ?? 0;

    /// <summary>Declares that operators of <paramref name="domain"/> are used, if that was not said yet.</summary>
    public void Import(string domain, long version)
    {
        if (Opset(domain) == 0)
            Source.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
    }

    /// <summary>The same model in objects of its own; tensors and attribute messages are shared.</summary>
    public Model Clone()
    {
        var copy = new Model(Source.Clone()) { Path = Path, HasExternalData = HasExternalData, File = File, _sha256 = _sha256 };
        GraphCopy.Copy(Graph, copy.Graph, new Dictionary<Value, Value>(ReferenceEqualityComparer.Instance));
        return copy;
    }

    private static string Hash(MappedFile file)
    {
        const int Step = 1 << 24;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = 0; at < file.Length; at += Step)
            hash.AppendData(file.Span(at, (int)Math.Min(Step, file.Length - at)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
