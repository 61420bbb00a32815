namespace SiDT.Runtime;

/// <summary>How views of samples are drawn.</summary>
/// <param name="Views">Of each sample, itself counted.</param>
/// <param name="Seed">The same seed gives the same views.</param>
/// <param name="Groups">Which samples are mixed with which.</param>
/// <param name="Shared">Inputs whose array all samples share.</param>
/// <param name="Preprocessing">How pictures were prepared; null where that is not known.</param>
internal sealed record ViewSettings(int Views, int Seed, SampleGroups Groups, IReadOnlyCollection<string> Shared, Preprocessing? Preprocessing)
{
    public PictureRange? Range { get; } = Preprocessing is null ? null : new PictureRange(Preprocessing);
}
