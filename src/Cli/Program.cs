using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Passes.Analysis;

foreach (string path in args)
{
  try {
    Model model = ModelReader.Read(path);
    GraphAnalysis analysis = new DimensionFinder().Run(model.Graph);
    foreach (Dimension d in analysis.Dimensions)
        Console.WriteLine($"{Path.GetFileNameWithoutExtension(path)}\t{d.Kind.Word()}\t{d.Id}\t{d.Groups}\t{d.Size}\t{d.Reason}");
    if (analysis.Flow.Unknown.Count > 0)
        Console.WriteLine($"{Path.GetFileNameWithoutExtension(path)}\tUNKNOWN\t{string.Join(',', analysis.Flow.Unknown.Select(n => n.OpType).Distinct())}");
  } catch (Exception e) { Console.WriteLine($"{Path.GetFileNameWithoutExtension(path)}\tERROR\t{e.GetType().Name} {e.Message} {e.StackTrace!.Split((char)10)[0]}"); }
}
