using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Lowering;
using SiDT.Backend.Hook.Structure;
using SiDT.Backend.Hook.Weights;
using SiDT.Backend.Hook.Writing;
using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Normalization;
using SiDT.Passes.Shapes;
using SiDT.Runtime;

namespace SiDT.Backend.Hook;

/// <summary>From a graph to a TorchSharp module that a person can read.</summary>
public sealed class ModuleEmitter(SessionSettings? settings = null)
{
    /// <summary>The module.</summary>
    /// <param name="input">The model; left as it is.</param>
    /// <param name="className">What the class is called.</param>
    /// <param name="nameSpace">The namespace it stands in.</param>
    /// <exception cref="ModelError">A node has no counterpart in TorchSharp.</exception>
    public EmittedModule Emit(Model input, string className, string nameSpace)
    {
        Model inlined = FunctionInliner.Inline(input);
        ShapeProbe.Run(inlined, new GraphFacts(inlined.Clone()), settings ?? new SessionSettings());
        Model work = Lowerings.Run(inlined);
        var facts = new GraphFacts(work);
        if (new FreezeSizes().Run(facts))
        {
            facts.Changed(keepsShapes: false);
            work.Graph.Sweep();
            work.Graph.Sort();
        }
        if (FixedValues.Run(work, settings ?? new SessionSettings()))
            facts.Changed(keepsShapes: false);
        var translation = new Translation(work, facts.Flow, new WeightReader(facts.Flow, inlined));
        IReadOnlyList<Step> steps = SharedLayers.Divide(translation, translation.Run());
        LayerPaths paths = LayerPaths.Of(translation, steps);
        Scope root = new Segmenter(translation, steps, paths).Run();
        var table = new ClassTable(translation, paths.Layers, className);
        ModuleClass result = table.Run(root);
        string about = $"The network of {Path.GetFileName(input.Path) ?? "a graph"}: {string.Join(", ", work.Graph.Inputs.Where(i => i.Initializer is null).Select(i => i.Name))} to {string.Join(", ", work.Graph.Outputs.Select(o => o.Name))}.";
        return new EmittedModule(
            className,
            new ModelText(table.Classes, result, nameSpace, System.Security.SecurityElement.Escape(about)).Write(),
            BindingText.Write(table.Tensors, className, nameSpace),
            [.. work.Graph.Inputs.Where(i => i.Initializer is null).Select(i => i.Name)],
            [.. work.Graph.Outputs.Select(o => o.Name)]);
    }
}
