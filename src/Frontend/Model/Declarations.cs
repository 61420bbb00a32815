using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>
/// A name may be declared as an input, as an output and among the value infos, each time in a message of its own,
/// and initializers have an order of their own. This remembers what one value needs to be written as it was read.
/// </summary>
internal struct Declarations
{
    public Declarations()
    {
    }

    /// <summary>Position among the (sparse) initializers of the file; new ones follow in the order of the values.</summary>
    public int InitializerOrder { get; set; } = int.MaxValue;

    /// <summary>Position among the value infos of the file.</summary>
    public int InfoOrder { get; set; } = int.MaxValue;

    /// <summary>Whether the file lists it among the value infos, even if it is an input or output.</summary>
    public bool Listed { get; set; }

    /// <summary>What the output list says, where an input of the same name says something else.</summary>
    public ValueInfoProto? Output { get; set; }

    /// <summary>What the value infos say, where the boundary says something else.</summary>
    public ValueInfoProto? Inner { get; set; }

    /// <summary>Whether somebody gave the value another type or shape since it was read.</summary>
    public bool Replaced { get; private set; }

    public void Replace()
    {
        Output = null;
        Inner = null;
        Replaced = true;
    }
}
