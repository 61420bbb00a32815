using System.Collections.ObjectModel;

namespace SiDT.Frontend;

/// <summary>The inputs or the outputs of a graph, in order; each value knows that it is in it without a search.</summary>
public sealed class ValueList : Collection<Value>
{
    private readonly Graph _graph;
    private readonly bool _inputs;

    internal ValueList(Graph graph, bool inputs)
    {
        _graph = graph;
        _inputs = inputs;
    }

    public void AddRange(IEnumerable<Value> values)
    {
        foreach (Value value in values.ToArray())
            Add(value);
    }

    /// <summary>Removes every value that meets the condition and says how many those were.</summary>
    public int RemoveAll(Predicate<Value> condition)
    {
        int before = Count;
        for (int i = Count - 1; i >= 0; i--)
        {
            if (condition(this[i]))
                RemoveAt(i);
        }
        return before - Count;
    }

    public int FindIndex(Predicate<Value> condition)
    {
        for (int i = 0; i < Count; i++)
        {
            if (condition(this[i]))
                return i;
        }
        return -1;
    }

    protected override void InsertItem(int index, Value item)
    {
        base.InsertItem(index, item);
        Note(item, 1);
    }

    protected override void SetItem(int index, Value item)
    {
        Note(this[index], -1);
        base.SetItem(index, item);
        Note(item, 1);
    }

    protected override void RemoveItem(int index)
    {
        Note(this[index], -1);
        base.RemoveItem(index);
    }

    protected override void ClearItems()
    {
        foreach (Value value in this)
            Note(value, -1);
        base.ClearItems();
    }

    private void Note(Value value, int change)
    {
        if (value.Graph != _graph)
            return;
        if (_inputs)
            value.InputSlots += change;
        else
            value.OutputSlots += change;
    }
}
