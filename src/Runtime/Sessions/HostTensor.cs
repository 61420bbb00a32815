using Microsoft.ML.OnnxRuntime;
using SiDT.Frontend;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace SiDT.Runtime;

/// <summary>Host arrays as ONNX Runtime values and back. Both count element types as ONNX does.</summary>
internal static class HostTensor
{
    /// <summary>A value over memory that the caller keeps in place as long as the value lives.</summary>
    public static unsafe OrtValue Over(Tensor tensor, byte* bytes) =>
        OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, Native(tensor.Type), tensor.Dims, (nint)bytes, tensor.Storage.Length);

    /// <summary>A value with memory of its own.</summary>
    public static OrtValue Copy(Tensor tensor)
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, Native(tensor.Type), tensor.Dims);
        if (tensor.Storage.Length > 0)
            tensor.Bytes.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    /// <summary>The numbers of <paramref name="value"/> in managed memory.</summary>
    /// <exception cref="RuntimeError">It is a sequence, a map or text.</exception>
    public static Tensor Read(OrtValue value, string name, OutputBuffers? buffers = null)
    {
        if (!value.IsTensor)
            throw new RuntimeError($"the output '{name}' is not a tensor");
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        if (info.IsString)
            throw new RuntimeError($"the output '{name}' holds text, not numbers");
        Span<byte> bytes = info.ElementCount == 0 ? [] : value.GetTensorMutableRawData();
        return new Tensor((ElementType)info.ElementDataType, info.Shape, buffers?.Fill(bytes) ?? new ManagedStorage(bytes.ToArray()));
    }

    private static TensorElementType Native(ElementType type) =>
        type.Bits() >= 8 && type != ElementType.Undefined
            ? (TensorElementType)type
            : throw new RuntimeError($"ONNX Runtime cannot be fed tensors of type {type}");
}
