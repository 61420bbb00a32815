namespace SiDT.Passes.Compensation.Steps;

/// <summary>
/// How the positions of a producer belong to units: position p is a part of unit p mod h where the parts lie one behind the other, and of
/// unit p / parts where the parts of a unit are neighbours. One part means that positions are units.
/// </summary>
internal sealed record UnitLayout(int Units, int Parts, bool Neighbours)
{
    public int Positions => Units * Parts;

    public int UnitOf(int position) => Neighbours ? position / Parts : position % Units;

    public int PartOf(int position) => Neighbours ? position % Parts : position / Units;
}
