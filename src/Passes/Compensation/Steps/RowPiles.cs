namespace SiDT.Passes.Compensation.Steps;

/// <summary>Piles that are lent to one net after the other.</summary>
internal sealed class RowPiles
{
    private readonly Stack<RowPile> _idle = [];

    public RowPile Rent() => _idle.TryPop(out RowPile? pile) ? pile : new RowPile();

    /// <summary>Takes a pile back; nobody may read its rows any more.</summary>
    public void Return(RowPile pile) => _idle.Push(pile);
}
