using SiDT.Backend.Hook.Expressions;

namespace SiDT.Backend.Hook.Writing;

/// <summary>A class of the emitted program: modules of equal structure are instances of it, with sizes of their own.</summary>
internal sealed class ModuleClass(string name, string signature)
{
    public string Name { get; set; } = name;

    public string Signature { get; } = signature;

    /// <summary>The modules that are written as this class; the first one is its text.</summary>
    public List<ModuleText> Instances { get; } = [];

    /// <summary>Arguments of the constructor.</summary>
    public IReadOnlyList<SizeArgument> Arguments { get; set; } = [];
}

/// <summary>One argument of a constructor.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Role">What it is to the module around.</param>
/// <param name="Values">The size in each instance.</param>
internal sealed record SizeArgument(string Name, string Role, long[] Values);

/// <summary>One module as text with open sizes.</summary>
internal sealed record ModuleText(string BaseType, IReadOnlyList<(string Type, string Name)> Fields, IReadOnlyList<IReadOnlyList<Piece>> Constructor, string Parameters, string ResultType, IReadOnlyList<IReadOnlyList<Piece>> Forward);

/// <summary>A module inside: its class and which instance of it.</summary>
internal sealed record NewModule(ModuleClass Class, int Instance) : Piece;

/// <summary>The elements of a list of modules.</summary>
internal sealed record NewModules(IReadOnlyList<NewModule> Elements) : Piece;
