using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Writing;

/// <summary>Decides where the numbers of each tensor go when a model is written: all into the model.</summary>
internal class TensorPlacement
{
    /// <summary>The message of an initializer.</summary>
    public virtual TensorProto Place(Tensor tensor, string name) => TensorContent.Write(tensor, name);

    /// <summary>Changes a tensor inside another message (it is a copy) that was in another file when it was read.</summary>
    public virtual void Place(TensorProto external) => TensorContent.ClearExternal(external);

    /// <summary>The attribute, or a copy whose external tensors are placed.</summary>
    public AttributeProto Place(AttributeProto attribute)
    {
        if (!MessageTensors.Of(attribute).Any(TensorReader.IsExternal))
            return attribute;
        AttributeProto copy = attribute.Clone();
        PlaceAll(MessageTensors.Of(copy));
        return copy;
    }

    public void PlaceAll(IEnumerable<TensorProto> tensors)
    {
        foreach (TensorProto tensor in tensors)
        {
            if (TensorReader.IsExternal(tensor) && tensor.HasRawData)
                Place(tensor);
        }
    }
}
