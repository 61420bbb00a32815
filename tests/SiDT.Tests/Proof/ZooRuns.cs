using SiDT.Frontend.Reading;
using SiDT.Tests.Frontend;

namespace SiDT.Tests.Proof;

/// <summary>Each kind of each graph in <c>shared/zoo</c> halved, once for all tests.</summary>
internal static class ZooRuns
{
    private static readonly Lazy<Outcome[]> s_all = new(Run);

    public static Outcome[] All => s_all.Value;

    private static Outcome[] Run() =>
        [.. ZooFactAttribute.Graphs.SelectMany(p => HalvedKind.Kinds.Select(k => (Path: p, Kind: k))).AsParallel().AsOrdered()
            .Select(j => HalvedKind.Of(Path.GetFileNameWithoutExtension(j.Path), ModelReader.Read(j.Path), j.Kind))];
}
