using System.IO.Compression;
using System.Text;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;

namespace SiDT.Backend.Outputs;

/// <summary>Arrays of 32-bit floats in NumPy's <c>.npz</c>: what a model answered.</summary>
public static class AnswerFile
{
    private const string Mark = "written by sidtc";

    /// <summary>Writes the arrays; complete, or not at all.</summary>
    /// <exception cref="OutputError">They cannot be written.</exception>
    public static void Write(IReadOnlyDictionary<string, Tensor> arrays, string path)
    {
        try
        {
            using var file = new TemporaryFile(RealPath.Of(path));
            using (var zip = new ZipArchive(file.Stream, ZipArchiveMode.Create, leaveOpen: true))
            {
                zip.Comment = Mark;
                foreach ((string name, Tensor array) in arrays)
                {
                    ZipArchiveEntry entry = zip.CreateEntry($"{name.Replace('/', '_')}.npy", CompressionLevel.NoCompression);
                    entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // equal answers, equal files
                    using Stream stream = entry.Open();
                    stream.Write(Header(array.Dims));
                    stream.Write(array.Bytes);
                }
            }
            file.Complete();
            file.Place();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new OutputError($"'{path}' cannot be written ({e.Message.TrimEnd('.')}); check the folder, its permissions and the space on the disk", e);
        }
    }

    /// <summary>Whether a file was written here.</summary>
    public static bool IsOne(string path)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            return zip.Comment == Mark;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // version 1.0 of the format: magic, length, a Python dictionary padded to 64 bytes
    private static byte[] Header(long[] dims)
    {
        string text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({string.Join(", ", dims)}{(dims.Length == 1 ? "," : "")}), }}";
        int length = ((10 + text.Length + 1 + 63) / 64 * 64) - 10;
        byte[] head = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)length, (byte)(length >> 8), .. Encoding.Latin1.GetBytes(text.PadRight(length - 1) + "\n")];
        return head;
    }
}
