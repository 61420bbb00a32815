using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>The binary files of CIFAR-10 (a label, then 32x32 pixels red, green, blue) and CIFAR-100 (coarse label, label, pixels).</summary>
internal static class CifarFiles
{
    private const int Pixels = 3 * 32 * 32;

    /// <summary>The files of a folder: the training batches, else test or other batches.</summary>
    public static string[] In(string folder)
    {
        foreach (string pattern in new[] { "data_batch_*.bin", "test_batch*.bin", "train.bin", "test.bin" })
        {
            string[] files = Directory.GetFiles(folder, pattern);
            if (files.Length > 0)
                return [.. files.Order(StringComparer.Ordinal)];
        }
        return [];
    }

    public static IReadOnlyList<StoredArray> Open(IReadOnlyList<string> paths)
    {
        int before = paths.All(p => IsMultiple(p, Pixels + 1)) ? 1 : paths.All(p => IsMultiple(p, Pixels + 2)) ? 2
            : throw new DataError($"'{paths[0]}' is not a CIFAR file: its length is no multiple of {Pixels + 1} or {Pixels + 2} bytes");
        int record = Pixels + before;
        long[] rows = [.. paths.Select(p => new FileInfo(p).Length / record)];
        return
        [
            new StoredArray("", ElementType.UInt8, [rows.Sum(), 3, 32, 32], Parts(before)),
            new StoredArray("y", ElementType.UInt8, [rows.Sum()], Parts(before - 1)),
        ];

        StoredPart[] Parts(int offset) => [.. paths.Select((p, i) => new StoredPart(() => File.OpenRead(p), rows[i], record, offset))];
    }

    private static bool IsMultiple(string path, int record) => new FileInfo(path).Length is var length && length > 0 && length % record == 0;
}
