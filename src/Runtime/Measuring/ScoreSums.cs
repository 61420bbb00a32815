using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Running sums of the scores of one model.</summary>
internal sealed class ScoreSums(string name)
{
    private const int Five = 5;

    private readonly Dictionary<string, (double Difference, double Reference)> _errors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (double Difference, double Reference)> _centred = new(StringComparer.Ordinal);
    private int _count, _classified, _labelled, _top1, _top5, _agreed, _gained, _lost;
    private bool _moreThanFive;
    private double _cosine;

    /// <summary>Adds a batch; rows past <see cref="Batch.Count"/> are copies and do not count.</summary>
    public void Add(IReadOnlyDictionary<string, Tensor> outputs, IReadOnlyDictionary<string, Tensor> reference, string? logits, Batch batch)
    {
        _count += batch.Count;
        foreach ((string output, Tensor b) in reference)
        {
            if (!outputs.TryGetValue(output, out Tensor? a))
                continue;
            if (!a.Dims.AsSpan().SequenceEqual(b.Dims))
                throw new RuntimeError($"the output '{output}' of '{name}' has the shape [{string.Join(',', a.Dims)}], but the original's is [{string.Join(',', b.Dims)}]");
            AddError(output, a, b, batch.Count);
        }
        if (logits is not null && outputs.TryGetValue(logits, out Tensor? own) && reference.TryGetValue(logits, out Tensor? original))
            AddLogits(own, original, batch);
    }

    public ModelScore Result() => new()
    {
        Name = name,
        Count = _count,
        Top1 = _labelled > 0 ? (double)_top1 / _labelled : null,
        Top5 = _labelled > 0 && _moreThanFive ? (double)_top5 / _labelled : null,
        Agreement = _classified > 0 ? (double)_agreed / _classified : null,
        Cosine = _classified > 0 ? _cosine / _classified : null,
        Gained = _labelled > 0 ? _gained : null,
        Lost = _labelled > 0 ? _lost : null,
        RelativeErrors = _errors.ToDictionary(e => e.Key, e => Ratio(e.Value.Difference, e.Value.Reference)),
        CentredErrors = _centred.ToDictionary(e => e.Key, e => Ratio(e.Value.Difference, e.Value.Reference)),
    };

    private static double Ratio(double difference, double reference) =>
        difference == 0 ? 0 : reference == 0 ? double.PositiveInfinity : difference / reference;

    private void AddError(string output, Tensor own, Tensor original, int rows)
    {
        float[] a = own.ToFloats();
        float[] b = original.ToFloats();
        int count = RealElements(own, rows);
        double difference = 0, size = 0;
        for (int i = 0; i < count; i++)
        {
            double d = (double)a[i] - b[i];
            difference += d * d;
            size += (double)b[i] * b[i];
        }
        (double Difference, double Reference) sums = _errors.GetValueOrDefault(output);
        _errors[output] = (sums.Difference + difference, sums.Reference + size);
        AddCentred(output, a.AsSpan(0, count), b.AsSpan(0, count), own.Rank > 0 ? (int)own.Dims[^1] : 1);
    }

    private void AddCentred(string output, ReadOnlySpan<float> a, ReadOnlySpan<float> b, int width)
    {
        (double difference, double size) = _centred.GetValueOrDefault(output);
        for (int row = 0; width > 0 && row + width <= a.Length; row += width)
        {
            double d1 = 0, d2 = 0, b1 = 0, b2 = 0;
            for (int i = row; i < row + width; i++)
            {
                double d = (double)a[i] - b[i];
                d1 += d;
                d2 += d * d;
                b1 += b[i];
                b2 += (double)b[i] * b[i];
            }
            // one number alone has no mean to take away
            difference += width == 1 ? d2 : Math.Max(0, d2 - (d1 * d1 / width));
            size += width == 1 ? b2 : Math.Max(0, b2 - (b1 * b1 / width));
        }
        _centred[output] = (difference, size);
    }

    /// <summary>Elements that belong to real samples, where the first axis counts samples.</summary>
    private static int RealElements(Tensor tensor, int rows) =>
        tensor.Rank > 0 && tensor.Dims[0] > rows ? (int)(tensor.Count / tensor.Dims[0] * rows) : (int)tensor.Count;

    private void AddLogits(Tensor own, Tensor original, Batch batch)
    {
        if (own.Rank != 2 || own.Dims[0] < batch.Count)
            throw new RuntimeError($"an output of shape [{string.Join(',', own.Dims)}] holds no logits for {batch.Count} samples");
        int classes = (int)own.Dims[1];
        _moreThanFive = classes > Five;
        float[] a = own.ToFloats();
        float[] b = original.ToFloats();
        for (int row = 0; row < batch.Count; row++)
        {
            ReadOnlySpan<float> mine = a.AsSpan(row * classes, classes);
            ReadOnlySpan<float> theirs = b.AsSpan(row * classes, classes);
            int guess = Largest(mine);
            int originalGuess = Largest(theirs);
            _classified++;
            _agreed += guess == originalGuess ? 1 : 0;
            _cosine += CentredCosine(mine, theirs);
            if (batch.Labels is not { } labels)
                continue;
            long label = labels[row];
            if (label >= classes)
                throw new DataError($"the label {label} is no class of the model, which has {classes} (0 to {classes - 1})");
            _labelled++;
            _top1 += guess == label ? 1 : 0;
            _top5 += Rank(mine, (int)label) < Five ? 1 : 0;
            _gained += guess == label && originalGuess != label ? 1 : 0;
            _lost += guess != label && originalGuess == label ? 1 : 0;
        }
    }

    /// <summary>The class with the largest logit; -1 if one is not a number.</summary>
    private static int Largest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (float.IsNaN(values[i]))
                return -1;
            if (values[i] > values[best])
                best = i;
        }
        return best;
    }

    /// <summary>How many classes come before this one; all if its logit is not a number.</summary>
    private static int Rank(ReadOnlySpan<float> values, int label)
    {
        if (float.IsNaN(values[label]))
            return values.Length;
        int before = 0;
        for (int i = 0; i < values.Length; i++)
            before += values[i] > values[label] || (values[i] == values[label] && i < label) ? 1 : 0;
        return before;
    }

    private static double CentredCosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double meanA = 0, meanB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            meanA += a[i];
            meanB += b[i];
        }
        meanA /= a.Length;
        meanB /= a.Length;
        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double x = a[i] - meanA, y = b[i] - meanB;
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        return aa == 0 || bb == 0 ? (aa == bb ? 1 : 0) : ab / Math.Sqrt(aa * bb);
    }
}
