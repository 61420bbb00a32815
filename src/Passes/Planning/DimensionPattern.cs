using System.IO.Enumeration;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>How a command line names dimensions: by the word of a kind, or by an id in which <c>*</c> and <c>?</c> stand for anything.</summary>
public static class DimensionPattern
{
    public static bool NamesKind(string pattern, Dimension dimension) => pattern == dimension.Kind.Word();

    public static bool NamesId(string pattern, Dimension dimension) => FileSystemName.MatchesSimpleExpression(pattern, dimension.Id, ignoreCase: false);

    public static bool Names(string pattern, Dimension dimension) => NamesKind(pattern, dimension) || NamesId(pattern, dimension);
}
