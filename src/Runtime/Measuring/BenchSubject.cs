using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Something whose time is taken.</summary>
/// <param name="Name">What results call it.</param>
/// <param name="Run">Does the work once.</param>
public sealed record BenchSubject(string Name, Action Run)
{
    /// <summary>One run of a model on inputs that lie ready; dispose of <paramref name="prepared"/> afterwards.</summary>
    public static BenchSubject Of(string name, Session session, IReadOnlyDictionary<string, Tensor> feeds, out PreparedRun prepared)
    {
        prepared = session.Prepare(feeds);
        return new BenchSubject(name, prepared.Run);
    }
}
