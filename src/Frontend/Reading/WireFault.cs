namespace SiDT.Frontend.Reading;

/// <summary>The bytes are not a protobuf message.</summary>
internal sealed class WireFault(string message) : Exception(message);
