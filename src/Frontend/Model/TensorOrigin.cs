namespace SiDT.Frontend;

/// <summary>How the file held the numbers of a tensor, so that it is written back that way.</summary>
internal enum TensorOrigin
{
    /// <summary>Not from a file, or changed since.</summary>
    None,

    /// <summary>In <c>raw_data</c>.</summary>
    Raw,

    /// <summary>In <c>float_data</c> or <c>double_data</c>, left in the mapped file.</summary>
    Packed,

    /// <summary>In typed fields, which <see cref="Tensor.Source"/> still holds.</summary>
    Message,

    /// <summary>In another file.</summary>
    External,
}
