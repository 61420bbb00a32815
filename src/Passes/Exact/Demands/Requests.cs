using SiDT.Frontend;

namespace SiDT.Passes.Exact.Demands;

/// <summary>What a node asks of its inputs, and in which part it makes its outputs.</summary>
/// <param name="Inputs">For each input: a part, <see cref="Part.Whole"/>, or null where it is not read.</param>
/// <param name="Outputs">For each output the part that is made.</param>
internal sealed record Requests(Part?[] Inputs, Part?[] Outputs)
{
    /// <summary>Everything is needed to make everything.</summary>
    public static Requests Everything(Node node) =>
        new([.. node.Inputs.Select(i => i is null ? null : Part.Whole)], [.. node.Outputs.Select(o => o is null ? null : Part.Whole)]);

    public static Requests First(Node node, Part? asked, Part made)
    {
        Requests all = Everything(node);
        all.Inputs[0] = asked;
        for (int i = 0; i < all.Outputs.Length; i++)
            all.Outputs[i] = all.Outputs[i] is null ? null : made;
        return all;
    }
}
