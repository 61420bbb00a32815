using SiDT.Passes.Planning;
using SiDT.Passes.Proof;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Planning;

/// <summary>Whatever units of whatever dimensions go together, the graph can be cut and equals its twin.</summary>
public class CombinationTests
{
    public static TheoryData<string> Names => [.. MiniZooGraphs.All.Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_combination_of_units_can_be_cut_and_proved(string name)
    {
        for (int seed = 10; seed < 13; seed++)
        {
            var model = new Analysed(MiniZooGraphs.Named(name).Make());
            UnitSelection selection = model.RandomSelection(seed, share: 0.4 + (0.2 * (seed - 10)));

            ProofResult proof = model.Prove(selection);

            Assert.True(proof.Holds, $"seed {seed}: differs by {proof.Difference:g3}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_budget_takes_can_be_cut_and_proved(string name)
    {
        var random = new Random(name.Length);
        var model = new Analysed(MiniZooGraphs.Named(name).Make());
        var request = new PlanRequest { Budget = new Budget((BudgetQuantity)random.Next(3), 0.3 + (0.5 * random.NextDouble()), true), Align = random.Next(1, 5) };

        PlanOutcome outcome = model.Plan(request);
        ProofResult proof = model.Prove(outcome.Selection);

        Assert.True(proof.Holds, $"differs by {proof.Difference:g3}");
    }
}
