namespace SiDT.Runtime;

/// <summary>How a session computes.</summary>
/// <param name="Threads">Threads within an operator; 0: as many as this process may use.</param>
/// <param name="Device">Where it computes.</param>
/// <param name="Optimize">Whether ONNX Runtime may fuse and fold; without it, every node runs as it stands in the graph.</param>
/// <param name="Profile">Whether operator times are written down, see <see cref="Session.EndProfile"/>.</param>
public sealed record SessionSettings(int Threads = 0, Device Device = Device.Cpu, bool Optimize = true, bool Profile = false);
