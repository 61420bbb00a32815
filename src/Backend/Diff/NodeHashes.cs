using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Backend.Diff;

/// <summary>How much of a node its hash knows.</summary>
internal enum HashLevel
{
    /// <summary>Operators and what flows between them.</summary>
    Structure,

    /// <summary>Attributes, and types and sizes of constants, too.</summary>
    Sizes,

    /// <summary>The numbers of constants, too.</summary>
    Content,
}

/// <summary>What does not change while two graphs are matched: hashes of single nodes and constants.</summary>
internal sealed class LocalHashes
{
    private const int Sample = 1 << 12, Samples = 16;

    private readonly Dictionary<Value, ulong> _contents = new(ReferenceEqualityComparer.Instance);
    private readonly ulong[] _operators;
    private readonly ulong[] _attributes;

    public LocalHashes(GraphView view)
    {
        var hashes = new ulong[view.Tensors.Count];
        Parallel.For(0, hashes.Length, i => hashes[i] = Content(view.Tensors[i].Constant!));
        for (int i = 0; i < hashes.Length; i++)
            _contents[view.Tensors[i]] = hashes[i];
        _operators = [.. view.Nodes.Select(n => Hash64.Of($"{n.Domain}:{n.OpType}:{n.Overload}"))];
        _attributes = [.. view.Nodes.Select(Attributes)];
    }

    /// <summary>The operator of a node, with its attributes above <see cref="HashLevel.Structure"/>.</summary>
    public ulong Of(int node, HashLevel level) => level == HashLevel.Structure ? _operators[node] : Hash64.Mix(_operators[node], _attributes[node]);

    public ulong Of(Value tensor, HashLevel level) => level switch
    {
        HashLevel.Content => _contents[tensor],
        HashLevel.Sizes => SizesOf(tensor.Constant!),
        _ => Hash64.Mix(3, (ulong)tensor.Constant!.Rank),
    };

    private static ulong SizesOf(Tensor tensor) => tensor.Dims.Aggregate(Hash64.Mix(5, (ulong)tensor.Type), (h, d) => Hash64.Mix(h, (ulong)d));

    // of a large tensor some parts: enough to tell it from others, and whatever is said of two that match is said of all their numbers
    private static ulong Content(Tensor tensor)
    {
        ulong sizes = SizesOf(tensor);
        if (tensor.Type == ElementType.String || tensor.Storage.Length > int.MaxValue)
            return Hash64.Mix(sizes, Hash64.Of(tensor.Source?.Name ?? ""));
        ReadOnlySpan<byte> bytes = tensor.Bytes;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (bytes.Length <= Sample * Samples)
        {
            hash.AppendData(bytes);
        }
        else
        {
            int step = (bytes.Length - Sample) / (Samples - 1);
            for (int i = 0; i < Samples; i++)
                hash.AppendData(bytes.Slice(i * step, Sample));
        }
        return Hash64.Mix(sizes, BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset()));
    }

    private static ulong Attributes(Node node)
    {
        ulong sum = 0;
        foreach (AttributeProto attribute in node.Attributes.Values)
        {
            if (!node.Subgraphs.ContainsKey(attribute.Name) && !AttributeDefaults.Is(node, attribute))
                sum += Hash64.Of(attribute.ToByteArray()); // their order has no meaning
        }
        return sum;
    }
}

/// <summary>Hashes of nodes by everything above them and by everything below them, up to nodes that are matched already, which are known by their pair.</summary>
internal sealed class NodeHashes
{
    private static readonly HashSet<string> s_commutative = ["Add", "Mul", "Max", "Min", "Sum", "Mean", "And", "Or", "Xor", "Equal"];

    public NodeHashes(GraphView view, LocalHashes local, HashLevel level, Func<int, int> pair, Func<Value, int> valuePair)
    {
        int count = view.Nodes.Count;
        Up = new ulong[count];
        Down = new ulong[count];
        var own = new ulong[count];
        for (int n = 0; n < count; n++)
        {
            ulong all = local.Of(n, level), constants = all;
            bool commutes = Commutes(view.Nodes[n]);
            for (int i = 0; i < view.Operands[n].Length; i++)
            {
                Operand operand = view.Operands[n][i];
                ulong hash = operand.Kind switch
                {
                    OperandKind.None => 11,
                    OperandKind.Tensor => valuePair(operand.Value!) is >= 0 and int known ? Hash64.Mix(13, (ulong)known) : local.Of(operand.Value!, level),
                    OperandKind.Input => valuePair(operand.Value!) is >= 0 and int known ? Hash64.Mix(17, (ulong)known) : Hash64.Mix(19, (ulong)view.InputPlace(operand.Value!).Index),
                    _ => Hash64.Mix(pair(operand.Node) is >= 0 and int known ? Hash64.Mix(23, (ulong)known) : Up[operand.Node], (ulong)operand.Slot),
                };
                all = commutes ? all + Hash64.Mix(29, hash) : Hash64.Mix(all, hash);
                if (operand.Kind != OperandKind.Node)
                    constants = commutes ? constants + Hash64.Mix(29, hash) : Hash64.Mix(constants, Hash64.Mix(hash, (ulong)i));
            }
            Up[n] = all;
            own[n] = constants;
        }
        var outputs = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < view.Model.Graph.Outputs.Count; i++)
            outputs[view.Model.Graph.Outputs[i]] = i;
        for (int n = count - 1; n >= 0; n--)
        {
            ulong readers = 0;
            for (int slot = 0; slot < view.Nodes[n].Outputs.Count; slot++)
            {
                if (view.Nodes[n].Outputs[slot] is not { } value)
                    continue;
                if (outputs.TryGetValue(value, out int place))
                    readers += Hash64.Mix(31, (ulong)place);
                foreach (Reading reading in view.ReadingsOf(value))
                {
                    ulong reader = pair(reading.Node) is >= 0 and int known ? Hash64.Mix(37, (ulong)known) : Down[reading.Node];
                    readers += Hash64.Mix(Hash64.Mix(reader, (ulong)slot), Commutes(view.Nodes[reading.Node]) ? 0 : (ulong)reading.Index);
                }
            }
            Down[n] = Hash64.Mix(own[n], readers);
        }
    }

    public ulong[] Up { get; }

    public ulong[] Down { get; }

    public ulong Both(int node) => Hash64.Mix(Up[node], Down[node]);

    /// <summary>Whether the operands of a node may change places.</summary>
    public static bool Commutes(Node node) => node.Domain.Length == 0 && s_commutative.Contains(node.OpType);
}

/// <summary>Mixing of 64-bit numbers; structure only, nothing secret.</summary>
internal static class Hash64
{
    public static ulong Mix(ulong a, ulong b)
    {
        ulong x = (BitOperations.RotateLeft(a, 23) ^ b) * 0x9E3779B97F4A7C15;
        x ^= x >> 32;
        x *= 0xD6E8FEB86659FD93;
        return x ^ (x >> 29);
    }

    public static ulong Of(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(bytes));

    public static ulong Of(string text)
    {
        ulong hash = 7;
        foreach (char c in text)
            hash = Mix(hash, c);
        return hash;
    }
}
