using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Writing;

/// <summary>All numbers go into the model, and those that are not at hand are computed when its message is written: the message is good for that alone.</summary>
internal sealed class PassingPlacement : TensorPlacement, IDisposable
{
    private readonly PassingMemory.Row _row = new();

    public override TensorProto Place(Tensor tensor, string name) => tensor.Storage.IsAtHand || tensor.Origin != TensorOrigin.None || tensor.Type == ElementType.String
        ? base.Place(tensor, name)
        : TensorContent.Write(tensor, name, UnsafeByteOperations.UnsafeWrap(_row.Add(tensor.Storage)));

    public void Dispose() => _row.Dispose();
}
