using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Frontend;
using SiDT.Frontend.Printing;
using SiDT.Frontend.Reading;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc show MODEL</c>.</summary>
internal sealed class ShowVerb : Verb
{
    private readonly Operand _model = new("MODEL", "an ONNX file");

    public ShowVerb()
        : base("show", "print a model as text, a line for each node")
    {
        Add(_model);
    }

    public override string Remarks =>
        "Prints the graph: values begin with %, initializers with $. The same graph always gives the same text, so that two texts can be compared with diff.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc show models/fashion-vit.onnx", "the whole graph"),
        ("sidtc show small.onnx | grep MatMul", "its products"),
    ];

    public override int Run(Request request)
    {
        Model model = ModelReader.Read(_model.Value(request.Words));
        request.Terminal.Out.Write(GraphText.Of(model));
        return ExitCodes.Done;
    }
}
