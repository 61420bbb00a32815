using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;

namespace SiDT.Backend.Outputs;

/// <summary>Statistics to a file, completely or not at all.</summary>
public static class StatisticsOutput
{
    /// <summary>Lets <paramref name="write"/> write into a file beside <paramref name="path"/>, which takes its place when it is complete.</summary>
    /// <exception cref="OutputError">It cannot be written.</exception>
    public static T Write<T>(string path, Func<Stream, T> write)
    {
        try
        {
            using var file = new TemporaryFile(RealPath.Of(path));
            T result = write(file.Stream);
            file.Complete();
            file.Place();
            return result;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new OutputError($"'{path}' cannot be written ({e.Message.TrimEnd('.')}); check the folder, its permissions and the space on the disk", e);
        }
    }
}
