namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// Spreads independent pieces of work over threads. No piece ever adds to what another adds to, so that results do not depend on
/// how many threads there are.
/// </summary>
public static class Work
{
    private static int threads = Environment.ProcessorCount;

    /// <summary>Threads that matrix products may use, at least 1; as many as the process may use unless set.</summary>
    public static int Threads
    {
        get => Volatile.Read(ref threads);
        set => Volatile.Write(ref threads, Math.Max(1, value));
    }

    /// <summary>Runs the pieces 0 to <paramref name="count"/> - 1, side by side if there is <paramref name="enough"/> to do.</summary>
    internal static void Spread(int count, bool enough, Action<int> piece)
    {
        int degree = Math.Min(Threads, count);
        if (!enough || degree <= 1)
        {
            for (int i = 0; i < count; i++)
                piece(i);
            return;
        }
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = degree }, piece);
    }
}
