using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Printing;

/// <summary>Types as <c>:float32[batch,3,?]</c>.</summary>
public static class TypeText
{
    public static string Of(TypeProto? type) => type is null || type.ValueCase == TypeProto.ValueOneofCase.None ? "" : ":" + Inner(type);

    public static string Of(int elementType) => ((ElementType)elementType).ToString().ToLowerInvariant();

    private static string Inner(TypeProto? type) => type?.ValueCase switch
    {
        TypeProto.ValueOneofCase.TensorType => Of(type.TensorType.ElemType) + Shape(type.TensorType.Shape),
        TypeProto.ValueOneofCase.SparseTensorType => $"sparse({Of(type.SparseTensorType.ElemType)}{Shape(type.SparseTensorType.Shape)})",
        TypeProto.ValueOneofCase.SequenceType => $"sequence({Inner(type.SequenceType.ElemType)})",
        TypeProto.ValueOneofCase.OptionalType => $"optional({Inner(type.OptionalType.ElemType)})",
        TypeProto.ValueOneofCase.MapType => $"map({Of(type.MapType.KeyType)},{Inner(type.MapType.ValueType)})",
        TypeProto.ValueOneofCase.OpaqueType => $"opaque({type.OpaqueType.Domain}::{type.OpaqueType.Name})",
        _ => "?",
    };

    private static string Shape(TensorShapeProto? shape) => shape is null ? "" : $"[{string.Join(',', shape.Dim.Select(Dimension))}]";

    private static string Dimension(TensorShapeProto.Types.Dimension dim) => dim.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => $"{dim.DimValue}",
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => GraphText.Name(dim.DimParam),
        _ => "?",
    };
}
