using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;
using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;

if (args[0] == "prune")
{
    var keep = new Dictionary<string, double>();
    string output = "";
    for (int i = 2; i < args.Length; i++)
    {
        if (args[i] == "--keep")
            keep[args[i + 1].Split('=')[0]] = double.Parse(args[i + 1].Split('=')[1]);
        if (args[i] == "-o")
            output = args[i + 1];
    }
    Model input = ModelReader.Read(args[1]);
    var result = Pruning.Run(input, keep, Array.IndexOf(args, "--no-proof") < 0);
    Console.Error.WriteLine(result.Proof);
    if (result.Proof is { Holds: false })
        return 3;
    ModelWriter.Write(result.Small, output);
    var plan = new Plan(new PlanModel(input.Sha256 ?? "", Path.GetFileName(args[1])), new PlanRequestEcho(keep, new Dictionary<string, string>(), "magnitude", false, false, false, 1, 0), null, result.Dimensions);
    File.WriteAllText(Path.ChangeExtension(output, ".plan.json"), PlanFile.Write(plan));
    return 0;
}
if (args[0] == "time")
{
    foreach (string path in args.Skip(1))
    {
        Model m = ModelReader.Read(path);
        var n = new SiDT.Passes.Normalization.Normalizer().Run(m);
        for (int i = 0; i < 5; i++)
        {
            var w = System.Diagnostics.Stopwatch.StartNew();
            n = new SiDT.Passes.Normalization.Normalizer().Run(m);
            double t1 = w.Elapsed.TotalMilliseconds;
            var flow = new LabelFlow();
            flow.Run(n.Graph);
            double t2 = w.Elapsed.TotalMilliseconds;
            new ClassGraph(flow.Labels);
            double t3 = w.Elapsed.TotalMilliseconds;
            new DimensionFinder().Run(n.Graph);
            double t4 = w.Elapsed.TotalMilliseconds;
            Console.WriteLine($"{path} normalize {t1:F0} flow {t2 - t1:F0} classes {t3 - t2:F0} whole analysis {t4 - t3:F0} ms");
        }
    }
    return 0;
}
if (args[0] == "zoo")
{
    foreach (string path in args.Skip(2).Where(a => a.EndsWith(".onnx")))
    {
        foreach (string kind in args[1].Split(','))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            try
            {
                var result = Pruning.Run(ModelReader.Read(path), new Dictionary<string, double> { [kind] = 0.5 }, true);
                var mine = result.Dimensions.Where(d => d.Kind == kind).ToArray();
                double total = mine.Sum(d => d.Size * d.Groups), kept = mine.Sum(d => d.Kept * d.Groups);
                Console.WriteLine($"{name}\t{kind}\t{(mine.Any(d => d.Status == "shrunk") ? $"kept {kept / total:F2}" : "whole")}\t{(result.Proof!.Holds ? "ok" : "WRONG")}\t{result.Proof.Difference:E1}\t{mine.FirstOrDefault(d => d.Status == "frozen")?.Reason}");
            }
            catch (Exception e)
            {
                Console.WriteLine($"{name}\t{kind}\tCRASH\t{e.GetType().Name} {e.Message} {e.StackTrace!.Split((char)10).FirstOrDefault(l => l.Contains("SiDT"))}");
            }
        }
    }
    return 0;
}
foreach (string path in args)
{
    try
    {
        Model model = ModelReader.Read(path);
        GraphAnalysis analysis = new DimensionFinder().Run(model.Graph);
        foreach (Dimension d in analysis.Dimensions)
            Console.WriteLine($"{Path.GetFileNameWithoutExtension(path)}\t{d.Kind.Word()}\t{d.Id}\t{d.Groups}\t{d.Size}\t{d.Reason}");
        if (analysis.Flow.Unknown.Count > 0)
            Console.WriteLine($"{Path.GetFileNameWithoutExtension(path)}\tUNKNOWN\t{string.Join(',', analysis.Flow.Unknown.Select(n => n.OpType).Distinct())}");
    }
    catch (Exception e)
    {
        Console.WriteLine($"{Path.GetFileNameWithoutExtension(path)}\tERROR\t{e.GetType().Name} {e.Message} {e.StackTrace!.Split((char)10)[0]}");
    }
}
return 0;
