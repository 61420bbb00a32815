namespace SiDT.Passes.Planning;

/// <summary>What a budget is spent in.</summary>
public enum BudgetQuantity
{
    Parameters,
    Macs,
    Bytes,

    /// <summary>Time of one run, by a table of measured operators.</summary>
    Latency,
}

/// <summary>What a model costs.</summary>
/// <param name="Parameters">Numbers in the weights: floating-point and quantised constants of one axis or more that something reads, each once.</param>
/// <param name="Macs">Multiply-accumulates of one run, at the sample sizes of the model that counted them.</param>
/// <param name="Bytes">The weights as stored: their elements alone, without names and shapes.</param>
/// <param name="Nanoseconds">Time of one run in nanoseconds, without what no operator takes; 0 where nobody measured.</param>
public readonly record struct Cost(long Parameters, long Macs, long Bytes, long Nanoseconds = 0)
{
    public long Of(BudgetQuantity quantity) => quantity switch
    {
        BudgetQuantity.Macs => Macs,
        BudgetQuantity.Bytes => Bytes,
        BudgetQuantity.Latency => Nanoseconds,
        _ => Parameters,
    };

    public static Cost operator +(Cost a, Cost b) => new(a.Parameters + b.Parameters, a.Macs + b.Macs, a.Bytes + b.Bytes, a.Nanoseconds + b.Nanoseconds);

    public static Cost operator -(Cost a, Cost b) => new(a.Parameters - b.Parameters, a.Macs - b.Macs, a.Bytes - b.Bytes, a.Nanoseconds - b.Nanoseconds);
}
