using BenchmarkDotNet.Running;
using SiDT.Bench;
using SiDT.Frontend.Writing;

// vit BLOCKS EMBED FILE writes a model, session FILE loads one, runs FILE COUNT THREADS loads and runs one, analysis FILE analyses one; anything else goes to BenchmarkDotNet
if (args is ["vit", var blocks, var embed, var file])
    ModelWriter.Write(VisionTransformer.Make(int.Parse(blocks), int.Parse(embed)), file);
else if (args is ["session", var model])
    SessionCost.Print(model);
else if (args is ["runs", var run, var count, var threads])
    WholeProcess.Run(run, int.Parse(count), int.Parse(threads));
else if (args is ["analysis", var analysed])
    AnalysisCost.Print(analysed);
else
    BenchmarkSwitcher.FromAssembly(typeof(VisionTransformer).Assembly).Run(args);
