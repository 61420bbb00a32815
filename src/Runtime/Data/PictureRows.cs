using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Picture files as samples; each is decoded when it is read.</summary>
internal sealed class PictureRows(PictureFiles files, PictureInput input, Preprocessing preprocessing) : IRows
{
    public int Count => files.Paths.Count;

    public IReadOnlyList<long>? Labels => files.Labels;

    public int? FixedBatch => (int?)input.Port.Dims[0];

    public IRowReader Open() => new Reader(files.Paths, new PicturePipeline(input, preprocessing, PixelSource.Decoded));

    private sealed class Reader(IReadOnlyList<string> paths, PicturePipeline pipeline) : IRowReader
    {
        public IReadOnlyDictionary<string, Tensor> Read(IReadOnlyList<int> rows) =>
            new Dictionary<string, Tensor> { [pipeline.Input.Port.Name] = pipeline.PrepareFiles([.. rows.Select(r => paths[r])]) };

        public void Dispose() => pipeline.Dispose();
    }
}
