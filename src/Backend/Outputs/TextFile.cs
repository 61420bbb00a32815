using System.Text;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;

namespace SiDT.Backend.Outputs;

/// <summary>A text on its way to a file: complete beside its place, then in it.</summary>
internal sealed class TextFile : IDisposable
{
    private readonly TemporaryFile _file;

    private TextFile(TemporaryFile file) => _file = file;

    /// <summary>Writes the text beside <paramref name="path"/>.</summary>
    /// <exception cref="OutputError">It cannot be written there.</exception>
    public static TextFile Prepare(string text, string path) => Guarded(path, () =>
    {
        var file = new TemporaryFile(RealPath.Of(path));
        try
        {
            file.Stream.Write(Encoding.UTF8.GetBytes(text));
            file.Complete();
            return new TextFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    /// <summary>Takes its place.</summary>
    public void Place() => _file.Place();

    public void Dispose() => _file.Dispose();

    private static T Guarded<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new OutputError($"'{path}' cannot be written ({e.Message.TrimEnd('.')}); check the folder, its permissions and the space on the disk", e);
        }
    }
}
