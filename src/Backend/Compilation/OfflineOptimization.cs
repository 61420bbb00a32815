using Microsoft.ML.OnnxRuntime;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;

namespace SiDT.Backend.Compilation;

/// <summary>ONNX Runtime's own fusions (attention, norms, activations), written into the model. Never needed: it does the same when it loads one.</summary>
public static class OfflineOptimization
{
    /// <exception cref="ModelError">ONNX Runtime does not load the model.</exception>
    public static Model Run(Model model)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sidt-");
        try
        {
            string path = Path.Combine(folder.FullName, "optimised.onnx");
            using (var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED, OptimizedModelFilePath = path, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL })
            using (new InferenceSession(ModelWriter.ToBytes(model), options))
            {
                // Loading is what writes the file.
            }
            return ModelReader.FromBytes(File.ReadAllBytes(path), model.Path);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new ModelError($"'{model.Path}' cannot be optimised by ONNX Runtime ({failure.Message}); leave out --optimize");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
