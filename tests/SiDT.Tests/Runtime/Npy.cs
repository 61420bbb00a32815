using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace SiDT.Tests.Runtime;

/// <summary>NumPy files for tests.</summary>
internal static class Npy
{
    public static byte[] Bytes<T>(string descr, T[] data, long[] dims, bool fortran = false)
        where T : unmanaged
    {
        string shape = string.Join(", ", dims) + (dims.Length == 1 ? "," : "");
        string header = $"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': ({shape}), }}";
        header = header.PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes<T>(data)];
    }

    public static void WriteArchive(string path, CompressionLevel level, params (string Name, byte[] Npy)[] arrays)
    {
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, byte[] npy) in arrays)
        {
            using Stream stream = archive.CreateEntry(name + ".npy", level).Open();
            stream.Write(npy);
        }
    }
}
