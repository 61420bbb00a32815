using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Backend.Outputs;

/// <summary>Tables of costs from files.</summary>
public static class CostTableSource
{
    /// <exception cref="ModelError">The file cannot be read.</exception>
    /// <exception cref="DataError">The file is no table of costs.</exception>
    public static CostTable Read(string path)
    {
        if (Directory.Exists(path))
            throw new ModelError($"'{path}': is a folder, not a file; give the path of a table of costs");
        if (!File.Exists(path))
            throw new ModelError($"'{path}': there is no such file; check the path, or make a table with 'sidtc bench --table'");
        try
        {
            return CostTableFile.Read(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelError($"'{path}': the file cannot be read ({e.Message.TrimEnd('.')}); check its permissions");
        }
    }
}
