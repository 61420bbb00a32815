using SiDT.Frontend.Writing;
using Xunit;

namespace SiDT.Tests.Frontend;

public class TemporaryFileTests
{
    private const int Piece = 3_000_001; // so that pieces do not end where flushes begin

    [Fact]
    public void What_is_written_while_earlier_bytes_go_to_the_disk_is_all_there()
    {
        using var folder = new TemporaryFolder();
        string target = folder.File("large");
        using (var file = new TemporaryFile(target))
        {
            for (byte i = 0; i < 40; i++) // beyond three flushes
                file.Stream.Write(Filled(i));
            file.Complete();
            Assert.False(File.Exists(target));
            file.Place();
        }
        byte[] bytes = File.ReadAllBytes(target);
        Assert.Equal(40L * Piece, bytes.Length);
        for (byte i = 0; i < 40; i++)
            Assert.True(bytes.AsSpan(i * Piece, Piece).SequenceEqual(Filled(i)), $"piece {i}");
        Assert.Equal(["large"], folder.Names());
    }

    [Fact]
    public void A_file_that_is_given_up_in_the_middle_of_a_flush_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        string target = folder.File("large");
        using (var file = new TemporaryFile(target))
        {
            for (byte i = 0; i < 12; i++)
                file.Stream.Write(Filled(i));
        }
        Assert.Empty(folder.Names());
    }

    private static byte[] Filled(byte with)
    {
        var bytes = new byte[Piece];
        Array.Fill(bytes, with);
        return bytes;
    }
}
