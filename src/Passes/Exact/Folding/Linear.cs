using System.Runtime.InteropServices;
using SiDT.Frontend;
using SiDT.Passes.Rewriting;

namespace SiDT.Passes.Exact.Folding;

/// <summary>x W + b with a weight and a bias of its own: MatMul, MatMul and Add, or Gemm. 32-bit floats.</summary>
internal sealed class Linear
{
    private readonly bool _transposed;

    private Linear(Node product, bool transposed, Node? add, int biasInput)
    {
        Product = product;
        Add = add;
        BiasInput = biasInput;
        _transposed = transposed;
    }

    public Node Product { get; }

    /// <summary>The addition of the bias behind a MatMul.</summary>
    public Node? Add { get; }

    private int BiasInput { get; }

    public Value Input => Product.Inputs[0]!;

    public Value Weight => Product.Inputs[1]!;

    public Value Output => (Add ?? Product).Result;

    public Value? Bias => Add is not null ? Add.Inputs[BiasInput] : Product.Is("Gemm") ? Product.Input(2) : null;

    public int Inputs => (int)Weight.Constant!.Dims[_transposed ? 1 : 0];

    public int Outputs => (int)Weight.Constant!.Dims[_transposed ? 0 : 1];

    public static Linear? Of(Node? product)
    {
        if (product is null || !(product.Is("MatMul") || (product.Is("Gemm") && product.Int("transA", 0) == 0 && product.Float("alpha", 1) == 1 && product.Float("beta", 1) == 1)))
            return null;
        if (product.Inputs[1] is not { Constant: { Rank: 2, Type: ElementType.Float32 } weight, Uses.Count: 1, IsOutput: false })
            return null;
        bool transposed = product.Is("Gemm") && product.Int("transB", 0) != 0;
        long width = weight.Dims[transposed ? 0 : 1];
        if (product.Is("Gemm"))
            return product.Input(2) is { } c && !IsBias(c, width) ? null : new Linear(product, transposed, null, 2);
        if (product.Result is { IsOutput: false, Uses: [{ Node: var add } use] } && add.Is("Add") && IsBias(add.Inputs[1 - use.Index]!, width))
            return new Linear(product, transposed, add, 1 - use.Index);
        return new Linear(product, transposed, null, -1);
    }

    /// <summary>The layer that makes a value.</summary>
    public static Linear? Making(Value value)
    {
        Node? node = value.Producer;
        if (node is not null && node.Is("Add"))
            node = node.Inputs.Select(i => i!.Producer).FirstOrDefault(p => p is not null && Of(p)?.Add == node);
        return Of(node) is { } linear && linear.Output == value ? linear : null;
    }

    /// <summary>The weight by inputs and outputs.</summary>
    public double[,] ReadWeight()
    {
        float[] w = Weight.Constant!.ToFloats();
        var result = new double[Inputs, Outputs];
        for (int i = 0; i < Inputs; i++)
        {
            for (int j = 0; j < Outputs; j++)
                result[i, j] = w[_transposed ? (j * Inputs) + i : (i * Outputs) + j];
        }
        return result;
    }

    /// <summary>One number of the weight, wherever it lies.</summary>
    public double At(int input, int output)
    {
        Tensor weight = Weight.Constant!;
        float number = 0;
        long at = _transposed ? (output * weight.Dims[1]) + input : (input * weight.Dims[1]) + output;
        weight.Storage.Read(at * sizeof(float), MemoryMarshal.AsBytes(new Span<float>(ref number)));
        return number;
    }

    /// <summary>Adds x W to <paramref name="sum"/>, reading the weight row by row wherever it lies.</summary>
    /// <param name="x">A number for every input.</param>
    /// <param name="sum">A number for every output.</param>
    public void AddProduct(ReadOnlySpan<double> x, Span<double> sum)
    {
        Tensor weight = Weight.Constant!;
        var rows = new Rows(weight);
        for (int r = 0; r < (int)weight.Dims[0]; r++)
        {
            if (!_transposed && x[r] == 0)
                continue;
            ReadOnlySpan<float> row = rows[r];
            if (_transposed)
                sum[r] = Rows.Dot(row, x, sum[r]);
            else
                Rows.Add(row, x[r], sum);
        }
    }

    /// <summary>Multiplies what goes into every output of an input by a factor of that input; the numbers stay where they are until they are written.</summary>
    public void ScaleInputs(double[] factors) => SetWeight(ScaledStorage.Scale(Weight.Constant!, factors, _transposed ? 1 : 0));

    /// <summary>Multiplies every output by a factor of its own.</summary>
    /// <inheritdoc cref="ScaleInputs"/>
    public void ScaleOutputs(double[] factors) => SetWeight(ScaledStorage.Scale(Weight.Constant!, factors, _transposed ? 0 : 1));

    public double[] ReadBias()
    {
        var result = new double[Outputs];
        if (Bias is not { } bias)
            return result;
        float[] numbers = bias.Constant!.ToFloats();
        for (int j = 0; j < result.Length; j++)
            result[j] = numbers[numbers.Length == 1 ? 0 : j];
        return result;
    }

    public void WriteWeight(double[,] weight)
    {
        int inputs = weight.GetLength(0), outputs = weight.GetLength(1);
        var numbers = new float[inputs * outputs];
        for (int i = 0; i < inputs; i++)
        {
            for (int j = 0; j < outputs; j++)
                numbers[_transposed ? (j * inputs) + i : (i * outputs) + j] = (float)weight[i, j];
        }
        SetWeight(Tensor.Of(numbers.AsSpan(), _transposed ? [outputs, inputs] : [inputs, outputs]));
    }

    private void SetWeight(Tensor tensor)
    {
        Value old = Weight;
        if (old.Initializer is not null)
            old.Initializer = tensor;
        else
            Product.SetInput(1, Product.Graph.NewInitializer(old.Name, tensor));
    }

    /// <summary>Another bias; one that is all zero is dropped.</summary>
    public void WriteBias(double[] bias)
    {
        bool zero = bias.All(b => b == 0);
        if (Bias is null && zero)
            return;
        if (zero)
        {
            DropBias();
            return;
        }
        Graph graph = Product.Graph;
        Value made = graph.NewInitializer(Bias?.Name ?? $"{Product.Result.Name}_bias", Tensor.Of(bias.Select(b => (float)b).ToArray().AsSpan(), bias.Length));
        if (Add is not null)
        {
            Add.SetInput(BiasInput, made);
        }
        else if (Product.Is("Gemm"))
        {
            Product.SetInput(2, made);
        }
        else
        {
            // the sum takes the name of the product, which may be an output
            Value result = Product.Result, plain = graph.NewValue($"{result.Name}_unbiased");
            Product.SetOutput(0, plain);
            graph.Add("Add", "", $"{result.Name}_biased", [plain, made]).SetOutput(0, result);
        }
    }

    public void DropBias()
    {
        if (Add is not null)
            Add.Result.ReplaceUsesWith(Product.Result);
        else if (Product.Is("Gemm"))
            Product.TrimInputs(2);
    }

    private static bool IsBias(Value value, long width) =>
        value.Constant is { Type: ElementType.Float32 } bias && (bias.Count == 1 || (bias.Count == width && bias.Rank > 0 && bias.Dims[^1] == width)) && bias.Rank <= 3;
}
