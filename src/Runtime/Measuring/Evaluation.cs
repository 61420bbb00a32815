using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Scores of models over data, a batch at a time; the first model is the original that the others are compared with.</summary>
public static class Evaluation
{
    /// <summary>Runs all models over all samples.</summary>
    /// <param name="models">The models with names for the results; all read the same inputs.</param>
    /// <param name="data">The samples.</param>
    /// <param name="batchSize">Samples that run at once.</param>
    /// <param name="logits">The output that holds [batch, classes]; null: the one called logits, else the first of that shape.</param>
    /// <param name="progress">Told the samples done and the samples there are.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="DataError">A sample cannot be read, or a label is no class of the model.</exception>
    /// <exception cref="RuntimeError">A model does not run, or has no such output.</exception>
    public static IReadOnlyList<ModelScore> Run(
        IReadOnlyList<(string Name, Session Model)> models,
        DataSet data,
        int batchSize = 32,
        string? logits = null,
        Action<int, int>? progress = null,
        CancellationToken cancel = default) => Run(models, data.Batches(batchSize), data.Count, logits, progress, cancel);

    /// <summary>Runs all models over inputs that need not come from files.</summary>
    /// <inheritdoc cref="Run(IReadOnlyList{ValueTuple{string, Session}}, DataSet, int, string?, Action{int, int}?, CancellationToken)"/>
    public static IReadOnlyList<ModelScore> Run(
        IReadOnlyList<(string Name, Session Model)> models, IEnumerable<Batch> batches, int count, string? logits = null, Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        Session original = models[0].Model;
        if (logits is not null && original.Outputs.All(o => o.Name != logits))
            throw new RuntimeError($"the model has no output '{logits}'; its outputs are {string.Join(", ", original.Outputs.Select(o => o.Name))}");
        var scores = models.Select(m => new ScoreSums(m.Name)).ToArray();
        int done = 0;
        foreach (Batch batch in batches)
        {
            cancel.ThrowIfCancellationRequested();
            IReadOnlyDictionary<string, Tensor> reference = Floats(original.Run(batch.Feeds));
            string? name = logits ?? LogitsOf(original, reference);
            for (int i = 0; i < models.Count; i++)
            {
                IReadOnlyDictionary<string, Tensor> outputs = i == 0 ? reference : Floats(models[i].Model.Run(batch.Feeds));
                scores[i].Add(outputs, reference, name, batch);
            }
            done += batch.Count;
            progress?.Invoke(done, count);
        }
        return [.. scores.Select(s => s.Result())];
    }

    /// <summary>What a model answers to every sample: outputs of floats with a row for each sample, [samples, ...].</summary>
    /// <exception cref="DataError">A sample cannot be read.</exception>
    /// <exception cref="RuntimeError">The model does not run.</exception>
    public static IReadOnlyDictionary<string, Tensor> Outputs(Session model, DataSet data, int batchSize = 32, Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        var rows = new Dictionary<string, (long[] Dims, List<float> Numbers)>(StringComparer.Ordinal);
        int done = 0;
        foreach (Batch batch in data.Batches(batchSize))
        {
            cancel.ThrowIfCancellationRequested();
            foreach ((string name, Tensor output) in Floats(model.Run(batch.Feeds)))
            {
                if (output.Rank == 0 || output.Dims[0] != batch.Count)
                    continue;
                if (!rows.TryGetValue(name, out (long[] Dims, List<float> Numbers) row))
                    rows[name] = row = (output.Dims[1..], []);
                row.Numbers.AddRange(output.ToFloats());
            }
            done += batch.Count;
            progress?.Invoke(done, data.Count);
        }
        return rows.ToDictionary(r => r.Key, r => Tensor.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(r.Value.Numbers), [done, .. r.Value.Dims]), StringComparer.Ordinal);
    }

    /// <summary>The output that is taken for logits: called so, else the first float output of rank two; null if there is none.</summary>
    private static string? LogitsOf(Session model, IReadOnlyDictionary<string, Tensor> outputs)
    {
        string[] candidates = [.. model.Outputs.Select(o => o.Name).Where(n => outputs.TryGetValue(n, out Tensor? t) && t.Rank == 2 && t.Dims[1] > 1)];
        return candidates.FirstOrDefault(n => n == "logits") ?? candidates.FirstOrDefault();
    }

    private static Dictionary<string, Tensor> Floats(IReadOnlyDictionary<string, Tensor> outputs) =>
        outputs.Where(o => o.Value.Type.IsFloating()).ToDictionary(o => o.Key, o => o.Value, StringComparer.Ordinal);
}
