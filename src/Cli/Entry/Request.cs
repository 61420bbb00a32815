using System.CommandLine;

namespace SiDT.Cli.Entry;

/// <summary>One call of a verb.</summary>
internal sealed record Request(ParseResult Words, Terminal Terminal, CancellationToken Cancel);
