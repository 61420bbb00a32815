namespace SiDT.Frontend;

/// <summary>
/// The value names of all graphs of a model, with how often each is used. A new value must not share its name with a value
/// of a body further in, which would hide it there.
/// </summary>
internal sealed class NameTable
{
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);

    public bool IsTaken(string name) => _uses.ContainsKey(name);

    public void Take(string name) => _uses[name] = _uses.GetValueOrDefault(name) + 1;

    public void Release(string name)
    {
        int left = _uses.GetValueOrDefault(name) - 1;
        if (left > 0)
            _uses[name] = left;
        else
            _uses.Remove(name);
    }
}
