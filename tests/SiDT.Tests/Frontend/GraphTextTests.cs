using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Printing;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using Xunit;

namespace SiDT.Tests.Frontend;

public sealed class GraphTextTests
{
    [Fact]
    public void A_graph_is_one_line_for_each_node()
    {
        Assert.Equal(
            """
            model ir=8 opset=17
            in %x:float32[1,16]
            out %y:float32[1,32]
            %h = MatMul(%x, $w[16,32])  # m
            %y:float32[1,32] = Add(%h, $b[32])  # a

            """, GraphText.Of(ModelReader.FromProto(Protos.Linear())));
    }

    [Fact]
    public void Everything_a_graph_can_hold_has_a_form()
    {
        ModelProto proto = Protos.Model(new GraphProto());
        proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        GraphProto graph = proto.Graph;
        graph.Input.Add([Protos.Info("x", -1, 3), Protos.Info("start", 2), Protos.Info("odd \"name\"\n", 1), new ValueInfoProto { Name = "flag" }]);
        graph.Input[0].Type.TensorType.Shape.Dim.Add(new TensorShapeProto.Types.Dimension());
        graph.Output.Add([Protos.Info("y", 1), new ValueInfoProto { Name = "two", Type = new TypeProto { SequenceType = new() { ElemType = Protos.Info("", 2).Type } } }]);
        graph.Initializer.Add([Protos.Floats("start", 2), Protos.Floats("scale"), Protos.Ints("shape", 0, -1), Protos.Floats("square", 2, 2), Protos.Ints("many", [.. Enumerable.Range(0, 9).Select(i => (long)i)])]);
        graph.Initializer.Add(new TensorProto { Name = "bits", DataType = 9, Dims = { 2 }, Int32Data = { 0, 1 } });
        graph.Initializer.Add(new TensorProto { Name = "half", DataType = 10, Dims = { 1 }, Int32Data = { 0x3C00 } });
        graph.Initializer.Add(new TensorProto { Name = "text", DataType = 8, Dims = { 1 }, StringData = { ByteString.CopyFromUtf8("a") } });
        AttributeProto ints = new() { Name = "axes", Type = AttributeProto.Types.AttributeType.Ints, Ints = { Enumerable.Range(0, 20).Select(i => (long)i) } };
        AttributeProto text = new() { Name = "mode", Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8("a\"b\n") };
        AttributeProto real = new() { Name = "alpha", Type = AttributeProto.Types.AttributeType.Float, F = 0.1f };
        graph.Node.Add(Protos.Node("Clip", "", ["x", "", "scale"], ["a", ""], text, ints, real));
        graph.Node.Add(Protos.Node("Reshape", "r", ["a", "shape"], ["b"]));
        graph.Node.Add(Protos.Node("Constant", "k", [], ["c"], Protos.Tensor("value", Protos.Floats("", 3))));
        graph.Node.Add(Protos.Node("Concat", "", ["square", "many", "bits", "half", "text", "odd \"name\"\n", "start"], ["d"]));
        graph.Node[3].Domain = "com.microsoft";
        graph.Node[3].Overload = "v2";
        var branch = new GraphProto { Node = { Protos.Node("Neg", "n", ["b"], ["inner"]) }, Output = { new ValueInfoProto { Name = "inner" } } };
        graph.Node.Add(Protos.Node("If", "if", ["flag"], ["y"], Protos.Graph("then_branch", branch), Protos.Graph("else_branch", branch.Clone())));
        graph.Node.Add(Protos.Node("Pair", "", ["c", "d"], ["two"]));

        Assert.Equal(
            """
            model ir=8 opset=17 com.microsoft=1
            in %x:float32[n,3,?]
            in %start:float32[2] default=[0,0.125]
            in %"odd \"name\"\x0a":float32[1]
            in %flag
            out %y:float32[1]
            out %two:sequence(float32[2])
            %a, _ = Clip(%x, _, $scale=0)  {alpha=0.1, axes=[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,... 20], mode="a\"b\x0a"}
            %b = Reshape(%a, $shape=[0,-1])  # r
            %c = Constant()  {value=tensor=[0,0.125,0.25]}  # k
            %d = com.microsoft::Concat:v2($square[2,2]=[0,0.125,0.25,0.375], $many:int64[9], $bits:bool=[false,true], $half:float16=[1], $text:string[1], %"odd \"name\"\x0a", $start=[0,0.125])
            %y:float32[1] = If(%flag)  # if
              else_branch
                out %inner
                %inner = Neg(%b)  # n
              then_branch
                out %inner
                %inner = Neg(%b)  # n
            %two:sequence(float32[2]) = Pair(%c, %d)

            """, GraphText.Of(ModelReader.FromProto(proto)));
    }

    [ZooFact]
    public void Every_graph_of_the_zoo_can_be_printed_and_always_the_same()
    {
        foreach (string path in ZooFactAttribute.Graphs)
        {
            Model model = ModelReader.Read(path);
            string text = GraphText.Of(model);
            Assert.Equal(text, GraphText.Of(model.Clone()));
            Assert.DoesNotContain("undefined", text);
        }
    }
}
