using System.Globalization;
using System.Text;
using SiDT.Backend.Hook.Expressions;

namespace SiDT.Backend.Hook.Writing;

/// <summary><c>Model.cs</c>: the classes of a network, the network first.</summary>
internal sealed class ModelText(IReadOnlyList<ModuleClass> classes, ModuleClass root, string nameSpace, string about)
{
    private const int Wide = 120;
    private readonly StringBuilder _text = new();

    public string Write()
    {
        _text.Append("using TorchSharp;\nusing TorchSharp.Modules;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;\n\n");
        _text.Append("namespace ").Append(nameSpace).Append(";\n");
        foreach (ModuleClass c in classes.Reverse())
            Write(c);
        if (classes.Any(c => c.Instances[0].Fields.Any(f => f.Type == "RmsNorm")))
            _text.Append('\n').Append(RmsNorm);
        return _text.ToString();
    }

    private const string RmsNorm = """
        /// <summary>x / sqrt(mean(x²) + epsilon) times a weight.</summary>
        public sealed class RmsNorm : Module<Tensor, Tensor>
        {
            private readonly Parameter weight;
            private readonly double epsilon;

            public RmsNorm(long dim, double epsilon) : base(nameof(RmsNorm))
            {
                this.epsilon = epsilon;
                weight = Parameter(ones(dim));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                return x * (x.pow(2).mean(new long[] { -1 }, true) + epsilon).rsqrt() * weight;
            }
        }

        """;

    private void Write(ModuleClass c)
    {
        bool isRoot = c == root;
        ModuleText text = c.Instances[0];
        int slot = 0;
        string[] constructor = [.. text.Constructor.Select(l => Line(c, l, ref slot, isRoot))];
        string[] forward = [.. text.Forward.Select(l => Line(c, l, ref slot, isRoot))];
        var used = c.Arguments.Select(a => a.Name).Where(a => forward.Any(f => Mentions(f, a))).ToList();

        _text.Append('\n');
        _text.Append("/// <summary>").Append(isRoot ? about : About(c)).Append("</summary>\n");
        _text.Append("public sealed class ").Append(c.Name).Append(" : ").Append(text.BaseType).Append("\n{\n");
        foreach (IGrouping<string, string> group in text.Fields.GroupBy(f => f.Type, f => f.Name))
            Declare(group.Key, [.. group]);
        if (used.Count > 0)
            Declare("long", used);
        _text.Append('\n');
        Head($"public {c.Name}(", c.Arguments.Select(a => $"long {a.Name}"), $") : base(nameof({c.Name}))");
        _text.Append("    {\n");
        foreach (string name in used)
            _text.Append("        this.").Append(name).Append(" = ").Append(name).Append(";\n");
        foreach (string line in constructor)
            _text.Append("        ").Append(line).Append('\n');
        _text.Append("        RegisterComponents();\n    }\n\n");
        _text.Append("    public override ").Append(text.ResultType).Append(" forward(").Append(text.Parameters).Append(")\n    {\n");
        foreach (string line in forward)
            _text.Append("        ").Append(line).Append('\n');
        _text.Append("    }\n}\n");
    }

    // where it stands, and how often
    private string About(ModuleClass c)
    {
        string[] around = [.. classes.Where(p => p.Instances.Any(i => i.Constructor.SelectMany(l => l).Any(piece => Holds(piece, c)))).Reverse().Select(p => $"<see cref=\"{p.Name}\"/>")];
        string places = around.Length == 1 ? around[0] : $"{string.Join(", ", around[..^1])} and {around[^1]}";
        int count = c.Instances.Count;
        return count == 1 ? $"Part of {places}." : $"Part of {places}; {count.ToString(CultureInfo.InvariantCulture)} in all{(c.Arguments.Any(a => a.Values.Distinct().Count() > 1) ? ", in several sizes" : "")}.";
    }

    private static bool Holds(Piece piece, ModuleClass c) => piece is NewModule one ? one.Class == c : piece is NewModules many && many.Elements.Any(e => e.Class == c);

    private void Declare(string type, IReadOnlyList<string> names)
    {
        string line = $"    private readonly {type} ";
        bool first = true;
        foreach (string name in names)
        {
            if (!first && line.Length + name.Length + 2 > Wide)
            {
                _text.Append(line).Append(";\n");
                line = $"    private readonly {type} ";
                first = true;
            }
            line += first ? name : $", {name}";
            first = false;
        }
        _text.Append(line).Append(";\n");
    }

    private void Head(string start, IEnumerable<string> arguments, string end) =>
        _text.Append("    ").Append(start).Append(string.Join(", ", arguments)).Append(end).Append('\n');

    private static bool Mentions(string line, string word)
    {
        for (int at = line.IndexOf(word, StringComparison.Ordinal); at >= 0; at = line.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            bool before = at == 0 || !(char.IsLetterOrDigit(line[at - 1]) || line[at - 1] is '_' or '.'), after = at + word.Length == line.Length || !(char.IsLetterOrDigit(line[at + word.Length]) || line[at + word.Length] == '_');
            if (before && after)
                return true;
        }
        return false;
    }

    private static string Line(ModuleClass c, IReadOnlyList<Piece> pieces, ref int slot, bool isRoot)
    {
        var line = new StringBuilder();
        foreach (Piece piece in pieces)
        {
            switch (piece)
            {
                case Literal literal:
                    line.Append(literal.Text);
                    break;
                case Width:
                    line.Append(SizeArguments.Text(c, slot++, isRoot));
                    break;
                case NewModule module:
                    line.Append(New(c, module, ref slot, isRoot));
                    break;
                case NewModules list:
                    line.Append(List(c, list, ref slot, isRoot));
                    break;
            }
        }
        return line.ToString();
    }

    private static string New(ModuleClass c, NewModule module, ref int slot, bool isRoot)
    {
        var arguments = new List<string>();
        foreach (SizeArgument argument in module.Class.Arguments)
        {
            string text = SizeArguments.Text(c, slot++, isRoot);
            // a bare number says what it is
            arguments.Add(char.IsAsciiDigit(text[0]) && !text.Contains('*') ? $"{argument.Name}: {text}" : text);
        }
        // positional arguments may not follow named ones out of place; here each stands in its place
        return $"new {module.Class.Name}({string.Join(", ", arguments)})";
    }

    private static string List(ModuleClass c, NewModules list, ref int slot, bool isRoot)
    {
        var elements = new List<string>();
        foreach (NewModule element in list.Elements)
            elements.Add(New(c, element, ref slot, isRoot));
        string type = $"ModuleList<{list.Elements[0].Class.Name}>";
        if (elements.Distinct().Count() == 1)
            return $"new {type}(Enumerable.Range(0, {elements.Count.ToString(CultureInfo.InvariantCulture)}).Select(_ => {elements[0]}).ToArray())";
        return $"new {type}(\n            {string.Join(",\n            ", elements)})";
    }
}
