using System.Buffers.Binary;
using System.Text;
using SiDT.Frontend;
using SiDT.Passes.Gathering;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Gathering;

public sealed class StatisticsFileTests : IDisposable
{
    private const string Metadata =
        """
        "__metadata__":{"format":"sidt-stats/1","model":"ab","samples":"3","samplesOfAll":"6","seed":"0","parts":"2","shards":"1","views":"1"}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_again()
    {
        var facts = new StatisticsFacts("ab", 3, 12, 2, 7, 4, [1, 3, 4]);
        StatisticsArray[] arrays = [new("x:count", []), new("ü \"quoted\"", [2, 3]), new("empty", [0])];
        string path = Write("a", facts, arrays, [5], [1, -2, 3.5, 4, 5, double.MaxValue], []);

        using StatisticsFile file = StatisticsFile.Open(path);

        Assert.Equal(facts.ToMetadata(), file.Facts.ToMetadata());
        Assert.Equal("1,3-4/4", file.Facts.ShardText);
        Assert.Equal(["x:count", "ü \"quoted\"", "empty"], file.Arrays.Select(a => a.Name));
        Assert.Equal([5d], file.Read("x:count"));
        Assert.Equal([1, -2, 3.5, 4, 5, double.MaxValue], file.Read("ü \"quoted\""));
        Assert.Null(file.Find("y"));
        Assert.Contains("holds no 'y'", Assert.Throws<ModelError>(() => file.Read("y")).Message);
    }

    [Fact]
    public void The_file_is_a_safetensors_file()
    {
        byte[] bytes = File.ReadAllBytes(Write("a", new StatisticsFacts("ab", 1, 1, 1, 0, 1, [1]), [new("x", [2])], [1, 2]));

        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);

        Assert.Equal(0, header % 8);
        Assert.Equal(8 + header + 16, bytes.Length);
        Assert.StartsWith("{\"__metadata__\":{\"format\":\"sidt-stats/1\",", Encoding.UTF8.GetString(bytes, 8, header));
        Assert.EndsWith("\"x\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}}", Encoding.UTF8.GetString(bytes, 8, header).TrimEnd());
        Assert.Equal(2, BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(8 + header + 8)));
    }

    [Theory]
    [InlineData("", 0, "is too short")]
    [InlineData("{]", 0, "header is not understood")]
    [InlineData("{}", 0, "its format is not said")]
    [InlineData("{\"__metadata__\":{\"format\":\"pt\"}}", 0, "its format is 'pt', not 'sidt-stats/1'")]
    [InlineData("{\"__metadata__\":{\"format\":\"sidt-stats/1\"}}", 0, "'shards' is missing")]
    [InlineData("{META,\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "'x' is F32, not F64")]
    [InlineData("{META,\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "does not lie in the file")]
    [InlineData("{META,\"x\":{\"dtype\":\"F64\",\"shape\":[-1],\"data_offsets\":[0,8]}}", 8, "does not lie in the file")]
    [InlineData("{META,\"x\":{\"dtype\":\"F64\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}}", 8, "arithmetic operation resulted in an overflow")]
    [InlineData("{META,\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[8,16]}}", 16, "does not begin where")]
    [InlineData("{META,\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 0, "does not lie in the file")]
    [InlineData("{META,\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 9, "more stands behind")]
    [InlineData("{META,\"x\":{\"dtype\":\"F64\",\"shape\":\"wide\",\"data_offsets\":[0,8]}}", 8, "requires an element of type")]
    [InlineData("{META,\"x\":3}", 0, "requires an element of type")]
    public void A_malformed_file_is_refused_in_a_sentence(string header, int data, string why)
    {
        byte[] text = Encoding.UTF8.GetBytes(header.Replace("META", Metadata));
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        string path = _folder.Write("a", text.Length == 0 ? [] : [.. length, .. text, .. new byte[data]]);

        string message = Assert.Throws<ModelError>(() => StatisticsFile.Open(path)).Message;

        Assert.Contains(why, message, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("make some with 'sidtc analyze'", message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1000)]
    public void A_header_that_is_longer_than_the_file_is_refused(long length)
    {
        var bytes = new byte[100];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        Assert.Contains("its header is longer than the file", Assert.Throws<ModelError>(() => StatisticsFile.Open(_folder.Write("a", bytes))).Message);
    }

    [Theory]
    [InlineData("samples", "many")]
    [InlineData("samples", "-1")]
    [InlineData("parts", "0")]
    [InlineData("shards", "3")]
    [InlineData("shards", "1,1")]
    [InlineData("shards", "")]
    public void Facts_that_make_no_sense_are_refused(string key, string value)
    {
        Dictionary<string, string> metadata = new(new StatisticsFacts("ab", 1, 2, 1, 0, 2, [1]).ToMetadata()) { [key] = value };
        Assert.Contains($"'{key}'", Assert.Throws<FormatException>(() => StatisticsFacts.Of(metadata)).Message);
    }

    [Fact]
    public void Sums_of_parts_are_the_sums_of_the_whole_in_any_order()
    {
        StatisticsArray[] arrays = [new("x", [2]), new("s", [1]), new("s.rest", [1])];
        string a = Write("a", new StatisticsFacts("ab", 2, 3, 1, 0, 2, [1]), arrays, [1, 2], [1e20], [3]);
        string b = Write("b", new StatisticsFacts("ab", 1, 3, 1, 0, 2, [2]), arrays, [10, 20], [-1e20], [4]);

        foreach (string[] order in new[] { new[] { a, b }, [b, a] })
        {
            using StatisticsFile first = StatisticsFile.Open(order[0]), second = StatisticsFile.Open(order[1]);
            StatisticsFacts facts = StatisticsMerger.Check([first, second]);
            Assert.Equal((3L, "1-2/2", false), (facts.Samples, facts.ShardText, facts.IsPartial));
            using var stream = new MemoryStream();
            StatisticsMerger.Write([first, second], new StatisticsWriter(stream, facts, first.Arrays));
            using StatisticsFile sum = StatisticsFile.Open(_folder.Write("sum", stream.ToArray()));
            Assert.Equal([11d, 22], sum.Read("x"));
            Assert.Equal([7d], sum.Read("s"));
        }
    }

    [Fact]
    public void What_does_not_add_up_is_named()
    {
        var facts = new StatisticsFacts("ab", 2, 4, 1, 0, 2, [1]);
        string a = Write("a", facts, [new("x", [1])], [1]);
        StatisticsFacts other = facts with { Shards = [2] };

        Assert.Contains("both hold part 1 of 2", Fault(facts, new("x", [1])));
        Assert.Contains("are of different models", Fault(other with { Model = "cd" }, new("x", [1])));
        Assert.Contains("2 views, seed 0", Fault(other with { Views = 2 }, new("x", [1])));
        Assert.Contains("of 2, and of 4", Fault(other with { Parts = 4 }, new("x", [1])));
        Assert.Contains("lacks 'x' [1]", Fault(other, new("y", [1])));
        Assert.Contains("'x' [1,1]", Fault(other, new("x", [1, 1])));

        string Fault(StatisticsFacts of, StatisticsArray array)
        {
            using StatisticsFile first = StatisticsFile.Open(a), second = StatisticsFile.Open(Write("b", of, [array], [1]));
            return Assert.Throws<ModelError>(() => StatisticsMerger.Check([first, second])).Message;
        }
    }

    private string Write(string name, StatisticsFacts facts, StatisticsArray[] arrays, params double[][] numbers)
    {
        using var stream = new MemoryStream();
        var writer = new StatisticsWriter(stream, facts, arrays);
        foreach (double[] array in numbers)
            writer.Write(array);
        writer.Finish();
        return _folder.Write(name, stream.ToArray());
    }
}
