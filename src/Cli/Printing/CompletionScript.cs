using System.CommandLine;
using SiDT.Cli.Commands;

namespace SiDT.Cli.Printing;

/// <summary>Scripts by which shells complete the words of sidtc.</summary>
internal static class CompletionScript
{
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>The script for a shell; null for a shell that there is none for.</summary>
    public static string? For(string shell, IReadOnlyList<Verb> verbs) => shell switch
    {
        "bash" => Bash(verbs),
        "zsh" => Zsh(verbs),
        "fish" => Fish(verbs),
        "pwsh" => PowerShell(verbs),
        _ => null,
    };

    private static string Bash(IReadOnlyList<Verb> verbs) => $$"""
        # sidtc for bash: source <(sidtc completion bash)
        _sidtc() {
          local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=
          if [ "$COMP_CWORD" = 1 ]; then
            words="{{string.Join(' ', verbs.Select(v => v.Name))}} --help --version"
          else
            case "${COMP_WORDS[1]} $before" in
        {{Lines(verbs.SelectMany(v => Choices(v).Select(c => $"      {Quoted($"{v.Name} {c.Name}")}) words={Quoted(string.Join(' ', c.Words))} ;;")))}}
            esac
            if [ -z "$words" ]; then
              case "$word" in
                -*)
                  case "${COMP_WORDS[1]}" in
        {{Lines(verbs.Select(v => $"            {v.Name}) words={Quoted(string.Join(' ', Names(v)))} ;;"))}}
                  esac ;;
              esac
            fi
          fi
          COMPREPLY=($(compgen -W "$words" -- "$word"))
        }
        complete -o default -o bashdefault -F _sidtc sidtc ./sidtc

        """;

    private static string Zsh(IReadOnlyList<Verb> verbs) => $$"""
        #compdef sidtc
        # sidtc for zsh: sidtc completion zsh > a folder of $fpath, as _sidtc
        _sidtc() {
          local -a commands
          commands=(
        {{Lines(verbs.Select(v => $"    {Quoted($"{v.Name}:{v.Summary}")}"))}}
          )
          if (( CURRENT == 2 )); then
            _describe command commands
            return
          fi
          local command=$words[2]
          shift words
          (( CURRENT-- ))
          case $command in
        {{Lines(verbs.Select(v => $"    {v.Name}) _arguments {string.Join(' ', Options(v).Select(ZshOption))} {ZshOperand(v)} ;;"))}}
          esac
        }
        if [ "$funcstack[1]" = _sidtc ]; then _sidtc "$@"; else compdef _sidtc sidtc; fi

        """;

    private static string ZshOption(Option option)
    {
        string meaning = (option.Description ?? "").Replace("[", "(", StringComparison.Ordinal).Replace("]", ")", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal);
        string value = option.HelpName is null ? "" : WordsOf(option) is { Length: > 0 } words ? $":value:({string.Join(' ', words)})" : ":value:_files";
        return string.Join(' ', option.Aliases.Append(option.Name).Select(n => Quoted($"{n}[{meaning}]{value}")));
    }

    private static string ZshOperand(Verb verb) => verb is CompletionVerb ? $"'1:shell:({string.Join(' ', Shells)})'" : "'*:file:_files'";

    private static string Fish(IReadOnlyList<Verb> verbs) => $"""
        # sidtc for fish: sidtc completion fish > ~/.config/fish/completions/sidtc.fish
        {Lines(verbs.Select(v => $"complete -c sidtc -n __fish_use_subcommand -f -a {v.Name} -d {Quoted(v.Summary)}"))}
        {Lines(verbs.SelectMany(v => Options(v).Select(o => FishOption(v, o))))}
        complete -c sidtc -n '__fish_seen_subcommand_from completion' -f -a '{string.Join(' ', Shells)}'

        """;

    private static string FishOption(Verb verb, Option option)
    {
        string value = option.HelpName is null ? "" : WordsOf(option) is { Length: > 0 } words ? $" -x -a {Quoted(string.Join(' ', words))}" : " -r";
        string alias = string.Concat(option.Aliases.Select(a => $" -s {a.TrimStart('-')}"));
        return $"complete -c sidtc -n {Quoted($"__fish_seen_subcommand_from {verb.Name}")} -l {option.Name.TrimStart('-')}{alias} -d {Quoted(option.Description ?? "")}{value}";
    }

    private static string PowerShell(IReadOnlyList<Verb> verbs) => $$"""
        # sidtc for PowerShell: sidtc completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName sidtc -ScriptBlock {
          param($word, $tree, $position)
          $options = @{
        {{Lines(verbs.Select(v => $"    '{v.Name}' = @({string.Join(", ", Names(v).Select(n => $"'{n}'"))})"))}}
          }
          $values = @{
        {{Lines(verbs.SelectMany(v => Choices(v).Select(c => $"    '{v.Name} {c.Name}' = @({string.Join(", ", c.Words.Select(w => $"'{w}'"))})")))}}
          }
          $typed = @($tree.CommandElements | ForEach-Object { "$_" })
          $before = if ($word) { $typed[-2] } else { $typed[-1] }
          $found = if ($typed.Count -le 1 -or ($typed.Count -eq 2 -and $word)) { @($options.Keys) + @('--help', '--version') }
            elseif ($values.ContainsKey("$($typed[1]) $before")) { $values["$($typed[1]) $before"] }
            elseif ($word -like '-*') { $options[$typed[1]] }
          $found | Where-Object { $_ -like "$word*" } | Sort-Object | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }

        """;

    private static IEnumerable<Option> Options(Verb verb) => verb.Groups.SelectMany(g => g.Options).Where(o => !o.Hidden);

    private static IEnumerable<string> Names(Verb verb) => Options(verb).SelectMany(o => o.Aliases.Append(o.Name)).Append("--help").Distinct();

    /// <summary>What may follow: of an option that takes one of some words, these; of a command of words, those in place of an operand.</summary>
    private static IEnumerable<(string Name, string[] Words)> Choices(Verb verb) =>
        Options(verb).SelectMany(o => o.Aliases.Append(o.Name).Select(n => (n, WordsOf(o)))).Where(c => c.Item2.Length > 0).Concat(verb is CompletionVerb ? [(verb.Name, [.. Shells])] : []);

    private static string[] WordsOf(Option option) => option.HelpName is { } name && name.Contains('|') ? [.. name.Split('|').Where(w => w.Any(char.IsAsciiLetterLower) || w.All(char.IsAsciiDigit))] : [];

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
