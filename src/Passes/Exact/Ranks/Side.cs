using SiDT.Passes.Exact.Folding;

namespace SiDT.Passes.Exact.Ranks;

/// <summary>
/// The weights that make, or read, the units of a product: for every unit the columns of a layer's outputs (with the bias), or of its
/// inputs. Grouped queries have several columns for one unit; they lie below each other.
/// </summary>
internal sealed class Side
{
    private readonly Linear _layer;
    private readonly bool _makes;
    private readonly Lazy<double[,]> _weight;
    private readonly double[] _bias;

    public Side(Linear layer, bool makes)
    {
        _layer = layer;
        _makes = makes;
        _weight = new Lazy<double[,]>(layer.ReadWeight); // few sides need more than a few numbers
        _bias = makes ? layer.ReadBias() : [];
    }

    private int Length => _makes ? _layer.Inputs + 1 : _layer.Outputs;

    /// <summary>Whether the columns are surely independent; only the numbers that this takes are read.</summary>
    /// <param name="columns">For every unit its columns.</param>
    public bool IsSurelyFull(int[][] columns)
    {
        double[] Row(int row)
        {
            int i = row % Length;
            return [.. columns.Select(c => !_makes ? _layer.At(c[row / Length], i) : i == _layer.Inputs ? _bias[c[row / Length]] : _layer.At(i, c[row / Length]))];
        }
        return Factors.IsSurelyFull(columns[0].Length * Length, columns.Length, Row);
    }

    /// <param name="columns">For every unit its columns.</param>
    public double[,] Read(int[][] columns)
    {
        int copies = columns[0].Length;
        var result = new double[copies * Length, columns.Length];
        for (int unit = 0; unit < columns.Length; unit++)
        {
            for (int c = 0; c < copies; c++)
            {
                for (int i = 0; i < Length; i++)
                    result[(c * Length) + i, unit] = At(i, columns[unit][c]);
            }
        }
        return result;
    }

    public void Write(int[][] columns, double[,] numbers)
    {
        for (int unit = 0; unit < columns.Length; unit++)
        {
            for (int c = 0; c < columns[unit].Length; c++)
            {
                for (int i = 0; i < Length; i++)
                    At(i, columns[unit][c]) = numbers[(c * Length) + i, unit];
            }
        }
    }

    /// <summary>Puts the numbers into the model.</summary>
    public void Commit()
    {
        _layer.WriteWeight(_weight.Value);
        if (_makes && _layer.Bias is not null)
            _layer.WriteBias(_bias);
    }

    private ref double At(int i, int column)
    {
        if (!_makes)
            return ref _weight.Value[column, i];
        if (i == _layer.Inputs)
            return ref _bias[column];
        return ref _weight.Value[i, column];
    }
}
