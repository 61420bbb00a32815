using System.Runtime.InteropServices;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>The numbers of a Constant node: <c>value</c>, <c>value_float(s)</c> or <c>value_int(s)</c>; null for strings and sparse ones.</summary>
internal static class ConstantContent
{
    public static Tensor? Read(Node node)
    {
        foreach (AttributeProto attribute in node.Attributes.Values)
        {
            switch (attribute.Name)
            {
                case "value" when attribute.T is not null:
                    return TensorContent.Read(attribute.T);
                case "value_float":
                    return Tensor.Scalar(attribute.F);
                case "value_int":
                    return Tensor.Scalar(attribute.I);
                case "value_floats":
                    return Tensor.Of(CollectionsMarshal.AsSpan(attribute.Floats.ToList()), attribute.Floats.Count);
                case "value_ints":
                    return Tensor.Of(CollectionsMarshal.AsSpan(attribute.Ints.ToList()), attribute.Ints.Count);
            }
        }
        return null;
    }
}
