using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;
using Xunit;

namespace SiDT.Tests.Frontend;

/// <summary>Whatever the bytes are: a model or one sentence, never another exception and never much memory.</summary>
public sealed class FuzzTests
{
    private const int Depth = 3;

    [Fact]
    public void A_model_cut_off_anywhere_is_refused_or_read()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = EveryField.Model(Depth).ToByteArray();
        for (int length = 1; length < bytes.Length; length += 97)
            Try(folder, bytes.AsSpan(0, length));
    }

    [Fact]
    [Trait("Category", Categories.Slow)]
    public void A_small_model_cut_off_at_any_byte_is_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = Protos.Linear().ToByteArray();
        for (int length = 1; length < bytes.Length; length++)
            Assert.False(Try(folder, bytes.AsSpan(0, length)), $"cut at {length}");
        Assert.True(Try(folder, bytes));
    }

    [Theory]
    [Trait("Category", Categories.Slow)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void A_model_with_bytes_changed_at_random_is_refused_or_read(int seed, bool everyField)
    {
        using var folder = new TemporaryFolder();
        byte[] original = (everyField ? EveryField.Model(Depth) : Protos.Linear()).ToByteArray();
        var random = new Random(seed);
        for (int round = 0; round < 600; round++)
        {
            byte[] bytes = [.. original];
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                // Most of the small model is weights: change what lies before and behind them.
                int at = everyField || random.Next(2) == 0 ? random.Next(bytes.Length) : random.Next(2) == 0 ? random.Next(120) : bytes.Length - 1 - random.Next(300);
                bytes[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => 0xFF, _ => (byte)(bytes[at] ^ (1 << random.Next(8))) };
            }
            Try(folder, bytes);
        }
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        for (int round = 0; round < 1000; round++)
        {
            var bytes = new byte[random.Next(1, 3000)];
            random.NextBytes(bytes);
            Assert.False(Try(folder, bytes));
        }
    }

    /// <summary>Whether the bytes are a model; if so it can be written and read again.</summary>
    private static bool Try(TemporaryFolder folder, ReadOnlySpan<byte> bytes)
    {
        string path = folder.Write("m.onnx", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Model model;
        try
        {
            model = ModelReader.Read(path);
        }
        catch (ModelError)
        {
            return false;
        }
        finally
        {
            long used = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(used < 1_000_000 + (100L * bytes.Length), $"{used} bytes for a file of {bytes.Length}");
        }
        byte[] written = ModelWriter.ToBytes(model);
        Assert.Equal(written, ModelWriter.ToBytes(ModelReader.FromBytes(written)));
        return true;
    }
}
