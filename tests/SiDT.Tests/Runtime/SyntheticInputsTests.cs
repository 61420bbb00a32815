using System.Text.Json;
using SiDT.Frontend;
using SiDT.Runtime;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Runtime;

public class SyntheticInputsTests(ITestOutputHelper output)
{
    [Fact]
    public void Equal_names_get_equal_sizes()
    {
        using Session session = Session.Open(Graphs.OneNode("Add", ElementType.Float32,
            ("a", ElementType.Float32, ["batch", "tokens", 4]), ("b", ElementType.Float32, ["batch", "tokens", 1])));

        var feeds = SyntheticInputs.For(session, seed: 1, batch: 3);

        Assert.Equal([3, 8, 4], feeds["a"].Dims);
        Assert.Equal([3, 8, 1], feeds["b"].Dims);
    }

    [Fact]
    public void Sizes_are_tried_until_the_model_runs()
    {
        // Both operands of a product: the second's rows are fixed to 77, so only a sequence of 77 runs.
        using Session session = Session.Open(Graphs.OneNode("MatMul", ElementType.Float32,
            ("a", ElementType.Float32, ["batch", 2, "length"]), ("b", ElementType.Float32, [77, 4])));

        Assert.Equal([2, 2, 77], SyntheticInputs.For(session, batch: 2)["a"].Dims);
    }

    [Fact]
    public void Integers_and_flags_are_zero_or_one_and_start_with_one()
    {
        using Session session = Session.Open(Graphs.OneNode("Identity", ElementType.Int64, ("mask", ElementType.Int64, ["batch", 16])));

        long[] mask = SyntheticInputs.For(session, seed: 3, batch: 4)["mask"].ToInt64s();

        Assert.Equal([0L, 1L], mask.Distinct().Order());
        Assert.All(mask.Chunk(16), row => Assert.Equal(1, row[0]));
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers()
    {
        using Session session = Session.Open(Graphs.OneNode("Neg", ElementType.Float32, ("x", ElementType.Float32, ["batch", 3, "h", "w"])));

        float[] once = SyntheticInputs.For(session, 7)["x"].ToFloats();

        Assert.Equal(once, SyntheticInputs.For(session, 7)["x"].ToFloats());
        Assert.NotEqual(once, SyntheticInputs.For(session, 8)["x"].ToFloats());
        Assert.All(once, x => Assert.InRange(x, -1, 1));
        Assert.Equal(3 * 32 * 32, once.Length);
    }

    [Fact]
    public void A_model_that_nothing_fits_says_why()
    {
        using Session session = Session.Open(Graphs.OneNode("MatMul", ElementType.Float32,
            ("a", ElementType.Float32, ["batch", "length"]), ("b", ElementType.Float32, [1234567, 1])));

        Assert.StartsWith("no usual input size runs; the model does not run:", Assert.Throws<RuntimeError>(() => SyntheticInputs.For(session)).Message);
    }

    [SharedFact("zoo")]
    [Trait("Category", Categories.Slow)]
    public void Every_model_of_the_zoo_runs_on_synthetic_inputs()
    {
        string zoo = SharedFolder.Find("zoo")!;
        var failures = new List<string>();
        using JsonDocument known = JsonDocument.Parse(File.ReadAllText(Path.Combine(zoo, "inputs.json")));
        foreach (string path in Directory.GetFiles(zoo, "*.onnx").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            try
            {
                using Session session = Session.Open(path, new SessionSettings(Threads: 1, Optimize: false));
                var feeds = SyntheticInputs.For(session, seed: 5, batch: 2);
                var results = session.Run(feeds);
                foreach (JsonProperty input in known.RootElement.GetProperty(name).GetProperty("inputs").EnumerateObject())
                {
                    if (feeds[input.Name].Rank != input.Value.GetProperty("shape").GetArrayLength())
                        failures.Add($"{name}: {input.Name} has another rank");
                }
                if (results.Values.Where(t => t.Type.IsFloating()).Any(t => t.ToFloats().Any(x => !float.IsFinite(x))))
                    failures.Add($"{name}: an output is not finite");
            }
            catch (RuntimeError error)
            {
                failures.Add($"{name}: {error.Message}");
            }
        }
        failures.ForEach(output.WriteLine);
        Assert.Empty(failures);
    }
}
