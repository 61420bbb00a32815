using System.Numerics.Tensors;
using SiDT.Frontend;

namespace SiDT.Passes.Gathering;

/// <summary>Adds statistics of parts of the same data: stats(A and B) = stats(A) + stats(B), array by array.</summary>
public static class StatisticsMerger
{
    private const string Rest = ".rest";

    /// <summary>What all files together were taken of, after checks.</summary>
    /// <exception cref="ModelError">They do not add up.</exception>
    public static StatisticsFacts Check(IReadOnlyList<StatisticsFile> files)
    {
        StatisticsFile first = files[0];
        StatisticsFacts facts = first.Facts;
        for (int i = 1; i < files.Count; i++)
        {
            // the file that holds the part twice is to be named, not the first
            string before = files.Take(i).FirstOrDefault(f => f.Facts.Shards.Intersect(files[i].Facts.Shards).Any())?.Path ?? first.Path;
            facts = facts.Plus(files[i].Facts, before, files[i].Path);
            CheckArrays(first, files[i]);
        }
        return facts;
    }

    /// <summary>Writes the sums. One array is held at a time.</summary>
    /// <exception cref="ModelError">A file cannot be read.</exception>
    public static void Write(IReadOnlyList<StatisticsFile> files, StatisticsWriter writer)
    {
        IReadOnlyList<StatisticsArray> arrays = files[0].Arrays;
        for (int i = 0; i < arrays.Count; i++)
        {
            string name = arrays[i].Name;
            if (i + 1 < arrays.Count && arrays[i + 1].Name == name + Rest)
            {
                var sum = new ExactSum(files[0].Read(name), files[0].Read(name + Rest));
                foreach (StatisticsFile file in files.Skip(1))
                    sum.Add(new ExactSum(file.Read(name), file.Read(name + Rest)));
                writer.Write(sum.High);
                writer.Write(sum.Low);
                i++;
                continue;
            }
            double[] numbers = files[0].Read(name);
            foreach (StatisticsFile file in files.Skip(1))
                TensorPrimitives.Add(numbers, file.Read(name), numbers);
            writer.Write(numbers);
        }
        writer.Finish();
    }

    private static void CheckArrays(StatisticsFile first, StatisticsFile other)
    {
        foreach (StatisticsArray array in first.Arrays)
        {
            if (other.Find(array.Name) is not { } found)
                throw new ModelError($"'{other.Path}' lacks {array}, which '{first.Path}' holds, so they cannot be added");
            if (!found.HasSameShape(array))
                throw new ModelError($"'{first.Path}' holds {array} and '{other.Path}' {found}, so they cannot be added");
        }
        if (other.Arrays.FirstOrDefault(a => first.Find(a.Name) is null) is { } more)
            throw new ModelError($"'{first.Path}' lacks {more}, which '{other.Path}' holds, so they cannot be added");
    }
}
