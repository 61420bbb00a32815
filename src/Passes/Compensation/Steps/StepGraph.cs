using SiDT.Frontend;
using SiDT.Passes.Compensation.Algebra;

namespace SiDT.Passes.Compensation.Steps;

/// <summary>One array that is learned.</summary>
internal sealed record Parameter(string Name, long[] Dims, float[] Start);

/// <summary>
/// The loss, its gradient and an Adam step (Kingma and Ba, 2015) as one graph of ordinary operators. The derivative of the body is a central
/// difference, [f(P + e) - f(P - e)] / 2e, so that no operator needs a rule.
/// </summary>
internal sealed class StepGraph
{
    public const string Inputs = "a", Targets = "t", Weights = "w", Rate = "rate", Spread = "spread", Decay = "decay", Loss = "loss";

    /// <summary>
    /// e: a curve of scale 1 is off by e^2/6 of its third derivative and by half a rounding error (6e-8) over e, together least at about
    /// 6e-3. This power of two is near to that, and adds no rounding of its own.
    /// </summary>
    public const float Nudge = 1f / 128;

    private readonly FeedForward _net;
    private readonly IReadOnlyList<UnitLayout> _layouts;
    private readonly double[] _scales;
    private readonly Graph _graph;
    private readonly BodyGraph _body;
    private readonly List<Parameter> _parameters = [];
    private readonly Dictionary<string, Value> _values = [];

    private StepGraph(FeedForward net, IReadOnlyList<UnitLayout> layouts, double[] scales)
    {
        (_net, _layouts, _scales, Model) = (net, layouts, scales, BodyGraph.Around(net.Body));
        _graph = Model.Graph;
        _body = new BodyGraph(net.Body, _graph);
    }

    public Model Model { get; }

    /// <summary>Weights W and biases b of producers 0, 1, ..., then of all consumers side by side.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <param name="net">The layers.</param>
    /// <param name="layouts">How positions belong to units, for each producer.</param>
    /// <param name="scales">What squared errors are multiplied by, for each output.</param>
    /// <param name="step">The settings of a step; null for a graph that computes the loss alone.</param>
    public static StepGraph Build(FeedForward net, IReadOnlyList<UnitLayout> layouts, double[] scales, RefinementSettings? step)
    {
        var graph = new StepGraph(net, layouts, scales);
        graph.Write(step);
        return graph;
    }

    public static string New(string name) => name + ".new";

    public static string Mean(string name) => name + ".mean";

    public static string Square(string name) => name + ".square";

    private void Write(RefinementSettings? step)
    {
        Value a = Input(Inputs, null, _net.Inputs), t = Input(Targets, null, _net.Outputs), w = Input(Weights, null, 1);
        Value[] weights = [.. _net.Producers.Select((p, i) => Parameter($"W{i}", p.Weight.ToFloats(), p.Weight.Rows, p.Weight.Columns))];
        Value[] biases = [.. _net.Producers.Select((p, i) => Bias($"b{i}", p.Bias is null ? null : [.. p.Bias.Select(x => (float)x)], p.Weight.Columns))];
        Value weight = Parameter("W", Join(), _net.Units, _net.Outputs);
        bool[] biased = [.. _net.Consumers.SelectMany(c => Enumerable.Repeat(c.Bias is not null, c.Weight.Columns))];
        Value bias = Bias("b", biased.Contains(true) ? [.. _net.Consumers.SelectMany(c => c.Bias ?? new double[c.Weight.Columns]).Select(x => (float)x)] : null, _net.Outputs);

        Value[] p = [.. weights.Select((v, i) => Gemm($"P{i}", a, v, biases[i]))];
        Value z = _body.Apply(p);
        Value error = _graph.Op("Sub", "error", Gemm("y", z, weight, bias), t);
        Value shares = _graph.Op("Div", "shares", w, _graph.Op("Max", "mass", Sum("w.sum", w, 0), Number("least", 1e-30f)));
        Value slope = _graph.Op("Mul", "slope", _graph.Op("Mul", "error.shared", error, shares), Row("scales", [.. _scales.Select(s => (float)(2 * s))]));
        Value loss = _graph.Op("Mul", "loss.half", Sum("loss.sum", _graph.Op("Mul", "loss.parts", error, slope), 0, 1), Number("half", 0.5f));
        Publish(_graph.Op("Identity", Loss, loss), 1, 1);
        if (step is null)
            return;

        var gradients = new Dictionary<string, Value>
        {
            ["W"] = Gemm("W.gradient", z, slope, null, transA: true),
            ["b"] = Sum("b.gradient", slope, 0),
        };
        if (biased.Contains(false))
            gradients["b"] = _graph.Op("Mul", "b.masked", gradients["b"], Row("biased", [.. biased.Select(b => b ? 1f : 0f)]));
        Value behind = Gemm("z.gradient", slope, weight, null, transB: true);
        for (int i = 0; i < p.Length; i++)
        {
            Value back = Back(i, p, behind);
            gradients[$"W{i}"] = Gemm($"W{i}.gradient", a, back, null, transA: true);
            gradients[$"b{i}"] = Sum($"b{i}.gradient", back, 0);
        }
        Value rate = Input(Rate, 1), spread = Input(Spread, 1);
        Value? decay = step.Decay > 0 ? Input(Decay, 1) : null;
        foreach (Parameter parameter in _parameters)
            Adam(parameter, gradients[parameter.Name], rate, spread, decay, step);
        _graph.Sweep();
    }

    /// <summary>The gradient of the loss at P_i: at each position that at its unit, times how the unit moves with the position.</summary>
    private Value Back(int producer, Value[] p, Value behind)
    {
        UnitLayout layout = _layouts[producer];
        var parts = new Value[layout.Parts];
        for (int part = 0; part < parts.Length; part++)
        {
            int current = part;
            Value nudge = Row($"nudge{producer}.{part}", [.. Enumerable.Range(0, layout.Positions).Select(x => layout.PartOf(x) == current ? Nudge : 0f)]);
            Value up = _body.Apply([.. p.Select((v, i) => i == producer ? _graph.Op("Add", $"P{i}.up", v, nudge) : v)]);
            Value down = _body.Apply([.. p.Select((v, i) => i == producer ? _graph.Op("Sub", $"P{i}.down", v, nudge) : v)]);
            Value moved = _graph.Op("Mul", $"moved{producer}.{part}", _graph.Op("Sub", $"rise{producer}.{part}", up, down), behind);
            parts[part] = _graph.Op("Mul", $"back{producer}.{part}", moved, Number("over", 0.5f / Nudge));
        }
        if (parts.Length == 1)
            return parts[0];
        if (!layout.Neighbours)
            return _graph.Add("Concat", "", $"back{producer}", parts).Set("axis", 1).Result;
        Value apart = _graph.NewInitializer("apart", Tensor.Vector(-1, layout.Units, 1)), together = _graph.NewInitializer("together", Tensor.Vector(-1, layout.Positions));
        Value columns = _graph.Add("Concat", "", $"back{producer}.columns", parts.Select(x => _graph.Op("Reshape", $"{x.Name}.column", x, apart))).Set("axis", 2).Result;
        return _graph.Op("Reshape", $"back{producer}", columns, together);
    }

    // rate = r / (1 - beta1^t), spread = 1 / sqrt(1 - beta2^t): Adam's corrections of means that start at 0
    private void Adam(Parameter parameter, Value gradient, Value rate, Value spread, Value? decay, RefinementSettings step)
    {
        string name = parameter.Name;
        Value old = _values[name], mean = Input(Mean(name), parameter.Dims), square = Input(Square(name), parameter.Dims);
        if (parameter.Dims.Length == 1)
            gradient = _graph.Op("Reshape", $"{name}.flat", gradient, _graph.NewInitializer($"{name}.dims", Tensor.Vector(parameter.Dims)));
        Value newMean = Mixed($"{name}.m", mean, gradient, step.Beta1), newSquare = Mixed($"{name}.v", square, _graph.Op("Mul", $"{name}.g2", gradient, gradient), step.Beta2);
        Value size = _graph.Op("Add", $"{name}.size", _graph.Op("Mul", $"{name}.root.spread", _graph.Op("Sqrt", $"{name}.root", newSquare), spread), Number("epsilon", 1e-8f));
        Value change = _graph.Op("Mul", $"{name}.change", _graph.Op("Div", $"{name}.direction", newMean, size), rate);
        Value moved = _graph.Op("Sub", $"{name}.moved", old, change);
        if (decay is not null)
        {
            Value away = _graph.Op("Sub", $"{name}.away", old, _graph.NewInitializer($"{name}.start", Tensor.Of(parameter.Start, parameter.Dims)));
            moved = _graph.Op("Sub", $"{name}.drawn", moved, _graph.Op("Mul", $"{name}.pull", away, decay));
        }
        Rename(moved, New(name), parameter.Dims);
        Rename(newMean, New(Mean(name)), parameter.Dims);
        Rename(newSquare, New(Square(name)), parameter.Dims);
    }

    private Value Mixed(string name, Value old, Value now, double memory) =>
        _graph.Op("Add", name, _graph.Op("Mul", $"{name}.old", old, Number("memory", (float)memory)), _graph.Op("Mul", $"{name}.now", now, Number("news", (float)(1 - memory))));

    private void Rename(Value value, string name, long[] dims)
    {
        _graph.Rename(value, name);
        Publish(value, [.. dims.Select(d => (long?)d)]);
    }

    private void Publish(Value value, params long?[] dims) => _graph.Outputs.Add(BodyGraph.Declare(value, dims));

    private Value Input(string name, params long?[] dims)
    {
        Value value = BodyGraph.Declare(_graph.NewValue(name), dims);
        _graph.Inputs.Add(value);
        return value;
    }

    private Value Input(string name, long[] dims) => Input(name, [.. dims.Select(d => (long?)d)]);

    private Value Parameter(string name, float[] start, params long[] dims)
    {
        _parameters.Add(new Parameter(name, dims, start));
        return _values[name] = Input(name, dims);
    }

    private Value Bias(string name, float[]? start, int size) =>
        start is null ? _graph.NewInitializer($"{name}.none", Tensor.Of(new float[size], size)) : Parameter(name, start, size);

    private Value Number(string name, float number) => _graph.NewInitializer(name, Tensor.Scalar(number));

    private Value Row(string name, float[] numbers) => _graph.NewInitializer(name, Tensor.Of(numbers, 1, numbers.Length));

    private Value Gemm(string name, Value a, Value b, Value? c, bool transA = false, bool transB = false) =>
        _graph.Add("Gemm", "", name, [a, b, c ?? Number("nothing", 0)]).Set("transA", transA ? 1 : 0).Set("transB", transB ? 1 : 0).Result;

    private Value Sum(string name, Value x, params long[] axes)
    {
        Node sum = _graph.Add("ReduceSum", "", name, [x]).Set("keepdims", 1);
        if (Model.Opset() >= 13)
            sum.SetInput(1, _graph.NewInitializer($"{name}.axes", Tensor.Vector(axes)));
        else
            sum.Set("axes", axes);
        return sum.Result;
    }

    /// <summary>The weights of all consumers side by side [h x out].</summary>
    private float[] Join()
    {
        var joined = new Matrix(_net.Units, _net.Outputs);
        int column = 0;
        foreach (LinearLayer consumer in _net.Consumers)
        {
            for (int i = 0; i < joined.Rows; i++)
                consumer.Weight.Row(i).CopyTo(joined.Row(i)[column..]);
            column += consumer.Weight.Columns;
        }
        return joined.ToFloats();
    }
}
