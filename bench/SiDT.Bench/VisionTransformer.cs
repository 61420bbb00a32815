using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Bench;

/// <summary>A ViT/16 over 224 by 224 pixels with random weights: pre-norm blocks, packed query, key and value, mean over tokens, 1000 classes.</summary>
public sealed class VisionTransformer
{
    private const int Tokens = 196, Width = 64, Patch = 16;
    private readonly Model _model;
    private readonly Random _random = new(1);
    private readonly int _embed;

    private VisionTransformer(int embed)
    {
        _embed = embed;
        var proto = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "vit" } };
        proto.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        _model = new Model(proto);
    }

    private Graph Graph => _model.Graph;

    public static Model Make(int blocks, int embed)
    {
        var vit = new VisionTransformer(embed);
        vit.Write(blocks);
        return vit._model;
    }

    private void Write(int blocks)
    {
        Value pixels = Declared("pixels", 1, 3, Patch * 14, Patch * 14);
        Graph.Inputs.Add(pixels);
        Node patches = Graph.Add("Conv", "", "patches", [pixels, Weight("patches.weight", _embed, 3, Patch, Patch), Weight("patches.bias", _embed)]);
        patches.Set("kernel_shape", [Patch, Patch]).Set("strides", [Patch, Patch]);
        Value x = Graph.Op("Add", "places", Move(Reshape(patches.Result, "tokens", 1, _embed, Tokens), "rows", 0, 2, 1), Weight("places.table", 1, Tokens, _embed));
        for (int i = 0; i < blocks; i++)
            x = Block(x, $"blocks.{i}");
        Node mean = Graph.Add("ReduceMean", "", "pool", [Norm(x, "norm")]).Set("axes", [1]).Set("keepdims", 0);
        Value logits = Graph.Op("Identity", "logits", Linear(mean.Result, "head", _embed, 1000));
        Graph.Rename(logits, "logits");
        logits.Info = Info("logits", 1, 1000);
        Graph.Outputs.Add(logits);
    }

    private Value Block(Value x, string name)
    {
        Value y = Graph.Op("Add", $"{name}.add1", x, Attention(Norm(x, $"{name}.norm1"), $"{name}.attn"));
        Value hidden = Linear(Norm(y, $"{name}.norm2"), $"{name}.mlp.fc1", _embed, 4 * _embed);
        return Graph.Op("Add", $"{name}.add2", y, Linear(Graph.Op("Relu", $"{name}.mlp.act", hidden), $"{name}.mlp.fc2", 4 * _embed, _embed));
    }

    private Value Attention(Value x, string name)
    {
        int heads = _embed / Width;
        Value packed = Move(Reshape(Linear(x, $"{name}.qkv", _embed, 3 * _embed), $"{name}.parts", 1, Tokens, 3, heads, Width), $"{name}.stack", 2, 0, 3, 1, 4);
        Value Part(int index) => Graph.Op("Gather", $"{name}.part{index}", packed, Graph.NewInitializer($"{name}.index{index}", Tensor.Scalar(index)));
        Value scaled = Graph.Op("Mul", $"{name}.scale", Part(0), Graph.NewInitializer($"{name}.factor", Tensor.Scalar(1 / MathF.Sqrt(Width))));
        Value scores = Graph.Op("MatMul", $"{name}.scores", scaled, Move(Part(1), $"{name}.keys", 0, 1, 3, 2));
        Node softmax = Graph.Add("Softmax", "", $"{name}.softmax", [scores]).Set("axis", -1);
        Value merged = Reshape(Move(Graph.Op("MatMul", $"{name}.mix", softmax.Result, Part(2)), $"{name}.back", 0, 2, 1, 3), $"{name}.merged", 1, Tokens, _embed);
        return Linear(merged, $"{name}.proj", _embed, _embed);
    }

    private Value Norm(Value x, string name) =>
        Graph.Add("LayerNormalization", "", name, [x, Weight($"{name}.weight", _embed), Weight($"{name}.bias", _embed)]).Set("axis", -1).Set("epsilon", 1e-6f).Result;

    private Value Linear(Value x, string name, int inputs, int outputs) =>
        Graph.Op("Add", $"{name}.add", Graph.Op("MatMul", name, x, Weight($"{name}.weight", inputs, outputs)), Weight($"{name}.bias", outputs));

    private Value Reshape(Value x, string name, params long[] shape) => Graph.Op("Reshape", name, x, Graph.NewInitializer($"{name}.shape", Tensor.Vector(shape)));

    private Value Move(Value x, string name, params long[] order) => Graph.Add("Transpose", "", name, [x]).Set("perm", order).Result;

    private Value Weight(string name, params long[] dims)
    {
        var numbers = new float[dims.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = (_random.NextSingle() - 0.5f) / 10;
        return Graph.NewInitializer(name, Tensor.Of(numbers, dims));
    }

    private Value Declared(string name, params long[] dims)
    {
        Value value = Graph.NewValue(name);
        value.Info = Info(name, dims);
        return value;
    }

    private static ValueInfoProto Info(string name, params long[] dims)
    {
        var type = new TypeProto.Types.Tensor { ElemType = 1, Shape = new TensorShapeProto() };
        type.Shape.Dim.AddRange(dims.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = type } };
    }
}
