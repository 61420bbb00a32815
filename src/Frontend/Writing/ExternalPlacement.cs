using System.Globalization;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Writing;

/// <summary>
/// Puts tensors into one file beside the model: those that were outside of it before, and large ones that are new or, where
/// <paramref name="all"/> says so, any large one. Tensors that share their bytes share their place.
/// </summary>
internal sealed class ExternalPlacement(Stream data, string location, bool all) : TensorPlacement
{
    /// <summary>Smaller tensors stay in the model unless they were outside before.</summary>
    public const int Smallest = 1024;

    private const int Alignment = 64;

    private readonly Dictionary<TensorStorage, long> _places = new(ReferenceEqualityComparer.Instance);

    public bool IsUsed { get; private set; }

    public override TensorProto Place(Tensor tensor, string name)
    {
        bool large = tensor.Storage.Length >= Smallest && tensor.Type != ElementType.String;
        bool outside = tensor.Origin == TensorOrigin.External || (large && (all || tensor.Origin == TensorOrigin.None));
        if (!outside)
            return TensorContent.Write(tensor, name);
        TensorProto proto = TensorContent.Header(tensor, name);
        TensorContent.ClearData(proto);
        if (tensor.Origin != TensorOrigin.External)
            TensorContent.ClearExternal(proto);
        if (!_places.TryGetValue(tensor.Storage, out long offset))
            _places.Add(tensor.Storage, offset = Append(tensor.Storage));
        Point(proto, offset, tensor.Storage.Length);
        return proto;
    }

    public override void Place(TensorProto external)
    {
        var storage = new ManagedStorage(external.RawData.Memory);
        external.ClearRawData();
        Point(external, Append(storage), storage.Length);
    }

    private long Append(TensorStorage storage)
    {
        IsUsed = true;
        long offset = data.Position + ((Alignment - (data.Position % Alignment)) % Alignment);
        data.Write(new byte[offset - data.Position]);
        storage.CopyTo(data);
        return offset;
    }

    private void Point(TensorProto proto, long offset, long length)
    {
        proto.DataLocation = TensorProto.Types.DataLocation.External;
        Set(proto, "location", location);
        Set(proto, "offset", offset.ToString(CultureInfo.InvariantCulture));
        Set(proto, "length", length.ToString(CultureInfo.InvariantCulture));
    }

    private static void Set(TensorProto proto, string key, string value)
    {
        StringStringEntryProto? entry = proto.ExternalData.FirstOrDefault(e => e.Key == key);
        if (entry is null)
            proto.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        else
            entry.Value = value;
    }
}
