namespace SiDT.Passes.Planning;

/// <summary>What a budget is spent in.</summary>
public enum BudgetQuantity
{
    Parameters,
    Macs,
    Bytes,
}

/// <summary>What a model costs.</summary>
/// <param name="Parameters">Numbers in the weights: floating-point and quantised constants of one axis or more that something reads, each once.</param>
/// <param name="Macs">Multiply-accumulates of one run, at the sample sizes of the model that counted them.</param>
/// <param name="Bytes">The weights as stored: their elements alone, without names and shapes.</param>
public readonly record struct Cost(long Parameters, long Macs, long Bytes)
{
    public long Of(BudgetQuantity quantity) => quantity switch
    {
        BudgetQuantity.Macs => Macs,
        BudgetQuantity.Bytes => Bytes,
        _ => Parameters,
    };

    public static Cost operator -(Cost a, Cost b) => new(a.Parameters - b.Parameters, a.Macs - b.Macs, a.Bytes - b.Bytes);
}
