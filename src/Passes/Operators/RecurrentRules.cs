using SiDT.Passes.Shapes;

namespace SiDT.Passes.Operators;

/// <summary>LSTM, GRU and RNN: the features that go in are contracted; states stay whole.</summary>
internal static class RecurrentRules
{
    public static void Register(Dictionary<string, Func<NodeView, AxisSpec?>> table)
    {
        foreach (string name in new[] { "LSTM", "GRU", "RNN" })
            table[name] = Recurrent;
    }

    // X (steps, batch, features), W (directions, gates * hidden, features), R (directions, gates * hidden, hidden)
    private static AxisSpec? Recurrent(NodeView view)
    {
        if (view.Node.Int("layout", 0) != 0 || view.Rank(0) != 3 || view.Rank(1) != 3 || view.Rank(2) != 3)
            return null;
        AxisIndex[] steps = Indices.Axis(new AxisIndex(view.Shape(0)[0], AxisRole.Mixed)), batch = Indices.Axis(new AxisIndex(view.Shape(0)[1]));
        AxisIndex[] features = Indices.Axis(new AxisIndex(view.Shape(1)[2]));
        AxisIndex[] directions = Indices.Axis(new AxisIndex(view.Shape(1)[0], AxisRole.Mixed));
        Dim hidden = view.Shape(2)[2];
        AxisIndex[][] Held(int input) => Indices.Of(view.Shape(input), _ => AxisRole.Mixed);
        var inputs = new AxisIndex[][]?[view.Inputs];
        inputs[0] = [steps, batch, features];
        inputs[1] = [directions, Indices.Axis(new AxisIndex(view.Shape(1)[1], AxisRole.Mixed)), features];
        for (int i = 2; i < inputs.Length; i++)
            inputs[i] = view.In(i) is null || i == 4 ? null : Held(i);
        AxisIndex[] Fresh(Dim size) => Indices.Axis(new AxisIndex(size));
        AxisIndex[][] state = [Fresh(view.Shape(1)[0]), Fresh(view.Shape(0)[1]), Fresh(hidden)];
        return new AxisSpec(inputs, [Fresh(view.Shape(0)[0]), .. state], state, state) { Product = (0, 1) };
    }
}
