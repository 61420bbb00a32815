using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Tests.MiniZoo;

/// <summary>Whether a sound pruner shrinks the dimensions of a kind to about half.</summary>
public enum Answer
{
    /// <summary>It can.</summary>
    Yes,

    /// <summary>Open: shrunk or whole with a reason, never wrong.</summary>
    Any,

    /// <summary>It must not.</summary>
    No,
}

/// <summary>What is expected of one kind; sizes as <c>2x26+1x40</c>, count by width.</summary>
public sealed record Expectation(string Kind, Answer Answer, string Size, string Note = "");

/// <summary>A graph of the mini-zoo: how to make it and what a pruner may do to it.</summary>
public sealed record MiniZooGraph(string Name, Func<GraphBuilder> Write, IReadOnlyList<Expectation> Expected)
{
    /// <summary>Graphs of one group hold the same network and weights in other words: their outputs agree. Null: on its own.</summary>
    public string? SameAs { get; init; }

    /// <summary>Largest difference of outputs that rounding explains, relative to the largest output.</summary>
    public double Tolerance { get; init; } = 2e-4;

    /// <summary>A fresh copy of the model.</summary>
    public Model Make() => Write().Build();

    public MiniZooGraph Yes(string kind, string size, string note = "") => With(new Expectation(kind, Answer.Yes, size, note));

    public MiniZooGraph Any(string kind, string size, string note) => With(new Expectation(kind, Answer.Any, size, note));

    public MiniZooGraph No(string kind, string size, string note) => With(new Expectation(kind, Answer.No, size, note));

    /// <summary>The same sizes with another answer for these kinds.</summary>
    public MiniZooGraph But(Answer answer, string note, params string[] kinds) =>
        this with { Expected = [.. Expected.Select(e => kinds.Length == 0 || kinds.Contains(e.Kind) ? e with { Answer = answer, Note = note } : e)] };

    /// <summary>The same graph after something was done to its message.</summary>
    public MiniZooGraph After(string name, Func<ModelProto, IReadOnlyList<InputRange>, ModelProto> change)
    {
        GraphBuilder Changed()
        {
            GraphBuilder g = Write();
            g.Afterwards = proto => change(proto, g.Inputs);
            return g;
        }
        return this with { Name = name, Write = Changed };
    }

    public MiniZooGraph Agrees(string group) => this with { SameAs = group };

    public override string ToString() => Name;

    private MiniZooGraph With(Expectation expectation) => this with { Expected = [.. Expected, expectation] };
}
