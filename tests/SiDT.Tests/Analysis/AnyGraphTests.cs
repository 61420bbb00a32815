using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using SiDT.Passes.Analysis;
using SiDT.Runtime;
using SiDT.Tests.MiniZoo;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Analysis;

/// <summary>Every graph that can be read gets an answer or a sentence, also those that make no sense.</summary>
[Trait("Category", Categories.Slow)]
public sealed class AnyGraphTests(ITestOutputHelper output)
{
    private const int Graphs = 400;

    [Fact]
    public void Randomly_edited_graphs_are_analysed_where_they_run_and_refused_with_a_sentence_where_they_do_not()
    {
        ModelProto[] originals = [.. MiniZooGraphs.All.Where(g => !g.Write().Spelling.External).Select(g => g.Write().ToProto())];
        int analysed = 0, refused = 0;
        const int count = Graphs;
        string[] wrong = [.. Enumerable.Range(0, count).AsParallel().Select(seed =>
        {
            var mistakes = new RandomMistakes(originals[seed % originals.Length].Clone(), seed);
            string? Wrong(object what) => $"seed {seed} ({string.Join(", ", mistakes.Done)}): {what}";
            try
            {
                Model model = ModelReader.FromProto(mistakes.Run());
                var flow = new LabelFlow();
                flow.Run(model.Graph);
                if (flow.Misfits.Count > 0 && Runs(model))
                    return Wrong(flow.Misfits[0].Fault);
                new Compiler(new CompileOptions { Exact = true, Proof = ProofDemand.None }, new StageClock()).Inspect(model);
                Interlocked.Increment(ref analysed);
                return null;
            }
            catch (ModelError)
            {
                Interlocked.Increment(ref refused);
                return null;
            }
            catch (Exception e)
            {
                return Wrong(e);
            }
        }).OfType<string>()];
        output.WriteLine($"{analysed} analysed, {refused} refused, {wrong.Length} wrong");
        foreach (string sentence in wrong.Take(40))
            output.WriteLine(sentence);
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {count}: {wrong.FirstOrDefault()}");
        Assert.True(analysed > count / 3);
    }

    private static bool Runs(Model model)
    {
        try
        {
            using Session session = Session.Open(model);
            session.Run(SyntheticInputs.For(session, 0));
            return true;
        }
        catch (RuntimeError)
        {
            return false;
        }
    }
}
