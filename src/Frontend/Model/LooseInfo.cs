using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>A value info that belongs to no value, with its position among the value infos of the file.</summary>
internal readonly record struct LooseInfo(int Order, ValueInfoProto Info);
