using SiDT.Backend.Compilation;
using SiDT.Backend.Diff;
using SiDT.Frontend;
using SiDT.Passes.Planning;

namespace SiDT.Tests.Packaging;

/// <summary>The example of docs/library.md, so that it compiles and runs.</summary>
internal static class LibraryExample
{
    public static async Task<double> Run(string path, string output, CancellationToken cancellation)
    {
        // example
        Model model = ModelCompiler.Read(path);
        var options = new CompileOptions
        {
            Request = new PlanRequest { Budget = new Budget(BudgetQuantity.Parameters, 0.6, IsRatio: true) },
        };
        var progress = new Progress<StageProgress>(p => Console.Error.WriteLine($"{p.Stage} {p.Done}/{p.Total}"));

        CompileResult result = await ModelCompiler.PruneAsync(model, options, progress, cancellation);
        ModelCompiler.Write(result, output);

        ModelDiff diff = await ModelCompiler.DiffAsync(model, ModelCompiler.Read(output), cancellation: cancellation);
        double left = (double)diff.Cost.Total.Parameters[1] / diff.Cost.Total.Parameters[0];
        // end
        return left;
    }
}
