using SiDT.Frontend.Reading;
using SiDT.Runtime;

namespace SiDT.Cli.Commands;

/// <summary>Sessions of several model files.</summary>
internal sealed class OpenModels : IDisposable
{
    private readonly List<(string Name, Session Model)> _sessions = [];

    public IReadOnlyList<(string Name, Session Model)> Sessions => _sessions;

    public static OpenModels From(IEnumerable<string> paths, SessionSettings settings)
    {
        var result = new OpenModels();
        try
        {
            foreach (string path in paths)
            {
                ModelReader.Read(path); // says better than ONNX Runtime what is wrong with a file
                result._sessions.Add((path, Session.Open(path, settings)));
            }
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    public void Dispose() => _sessions.ForEach(s => s.Model.Dispose());
}
