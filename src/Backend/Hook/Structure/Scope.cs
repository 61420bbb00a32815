using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Structure;

/// <summary>A run of steps that is a module: what stands in it, in order, what goes in and what comes out.</summary>
internal sealed class Scope
{
    /// <summary>Steps and modules inside.</summary>
    public List<ScopeItem> Items { get; } = [];

    /// <summary>Values from outside, in the order of their first use; shared parameters too.</summary>
    public required Value[] Inputs { get; set; }

    public required Value[] Outputs { get; init; }

    /// <summary>Name in the module around it: <c>attn</c>, or the list's name where it is an element.</summary>
    public required string Name { get; init; }

    /// <summary>Its number in a list; null where it is none.</summary>
    public int? Index { get; init; }

    /// <summary>How many names of a layer's path lead to this module.</summary>
    public required int Depth { get; init; }

    /// <summary>Parameters and buffers that are fields of this module.</summary>
    public HashSet<Value> Owned { get; } = new(ReferenceEqualityComparer.Instance);
}

/// <summary>A step, or a module; one of them is null.</summary>
internal sealed record ScopeItem(Step? Step, Scope? Child)
{
    public IEnumerable<Value> Reads => Step is not null ? Step.Reads : Child!.Inputs;

    public Value[] Outputs => Step is not null ? Step.Outputs : Child!.Outputs;
}
