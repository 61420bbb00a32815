using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Reading;

/// <summary>What every model must say about itself before its graph is looked at.</summary>
internal static class ModelChecks
{
    private const long OldestIr = 3;
    private const long OldestOpset = 7;

    public static void Check(ModelProto proto, ModelSource source)
    {
        const string NotOnnx = "give an .onnx file that holds a model";
        if (proto.Graph is null)
            throw source.Error("there is no graph in it", NotOnnx);
        if (proto.IrVersion <= 0)
            throw source.Error("it does not say which version of ONNX it is (ir_version)", NotOnnx);
        if (proto.IrVersion < OldestIr)
            throw source.Error($"its ir_version is {proto.IrVersion}, and the oldest that is understood is {OldestIr}", "export the model with a newer exporter");
        if (proto.OpsetImport.Count == 0)
            throw source.Error("it does not say which operators it uses (opset_import)", NotOnnx);
        foreach (OperatorSetIdProto import in proto.OpsetImport)
        {
            if (import.Version <= 0)
                throw source.Error($"it imports version {import.Version} of the operators of '{Domain(import.Domain)}', which does not exist");
            if (Domain(import.Domain) == "ai.onnx" && import.Version < OldestOpset)
                throw source.Error($"its opset is {import.Version}, and the oldest that is understood is {OldestOpset}", "convert it with onnx.version_converter");
        }
        if (!proto.OpsetImport.Any(o => Domain(o.Domain) == "ai.onnx") && proto.Graph.Node.FirstOrDefault(n => Domain(n.Domain) == "ai.onnx") is { } node)
            throw source.Error($"it uses the operator {node.OpType} but imports no opset of ai.onnx");
        var functions = new HashSet<(string, string, string)>();
        foreach (FunctionProto function in proto.Functions)
        {
            if (!functions.Add((Domain(function.Domain), function.Name, function.Overload)))
                throw source.Error($"the function '{function.Name}' of '{function.Domain}' is there twice");
        }
    }

    private static string Domain(string domain) => domain.Length == 0 ? "ai.onnx" : domain;
}
