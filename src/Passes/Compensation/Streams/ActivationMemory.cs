using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Streams;

/// <summary>How much memory the activations of several stores may take together; what two of them hold counts once.</summary>
/// <param name="most">In bytes.</param>
internal sealed class ActivationMemory(long most = ActivationMemory.Usual)
{
    /// <summary>Enough for some hundred pictures at the places where they are held.</summary>
    public const long Usual = 4L << 26;

    private readonly Dictionary<TensorStorage, int> _holders = new(ReferenceEqualityComparer.Instance);

    /// <summary>Bytes that are held.</summary>
    public long Used { get; private set; }

    /// <summary>What activations are put into. An array that nobody holds any more is used again.</summary>
    public OutputBuffers Buffers { get; } = new();

    /// <summary>Gives an array that was read back to <see cref="Buffers"/>, unless somebody holds it.</summary>
    public void Recycle(Tensor tensor)
    {
        if (!_holders.ContainsKey(tensor.Storage))
            Buffers.Recycle(tensor.Storage);
    }

    /// <summary>Whether there is room for an array, which then is held.</summary>
    public bool Hold(Tensor tensor)
    {
        TensorStorage storage = tensor.Storage;
        if (!_holders.TryGetValue(storage, out int holders))
        {
            if (Used + storage.Length > most)
                return false;
            Used += storage.Length;
        }
        _holders[storage] = holders + 1;
        return true;
    }

    /// <summary>One holder fewer.</summary>
    public void Release(Tensor tensor)
    {
        if (--_holders[tensor.Storage] > 0)
            return;
        _holders.Remove(tensor.Storage);
        Used -= tensor.Storage.Length;
        Buffers.Recycle(tensor.Storage);
    }
}
