namespace SiDT.Tests.MiniZoo;

/// <summary>The numbers of a linear layer, inputs by outputs, row-major; a bias is a matrix of one row.</summary>
public sealed record Matrix(int Rows, int Columns, float[] Data)
{
    public static Matrix Make(int rows, int columns, Func<int, int, float> number)
    {
        var data = new float[rows * columns];
        for (int i = 0; i < data.Length; i++)
            data[i] = number(i / columns, i % columns);
        return new Matrix(rows, columns, data);
    }

    public float this[int row, int column] => Data[(row * Columns) + column];

    public Matrix Transposed() => Make(Columns, Rows, (i, j) => this[j, i]);

    public Matrix TakeColumns(int start, int count) => Make(Rows, count, (i, j) => this[i, start + j]);

    public Matrix Times(float factor) => Make(Rows, Columns, (i, j) => this[i, j] * factor);

    /// <summary>Side by side: all of the first, then all of the second.</summary>
    public static Matrix Beside(params Matrix[] parts)
    {
        int[] from = [.. parts.SelectMany((p, i) => Enumerable.Repeat(i, p.Columns))];
        int[] column = [.. parts.SelectMany(p => Enumerable.Range(0, p.Columns))];
        return Make(parts[0].Rows, from.Length, (i, j) => parts[from[j]][i, column[j]]);
    }

    /// <summary>Side by side within each head: the first head of every part, then the second.</summary>
    public static Matrix BesideWithinHeads(int heads, params Matrix[] parts) =>
        Beside([.. Enumerable.Range(0, heads).SelectMany(h => parts.Select(p => p.TakeColumns(h * (p.Columns / heads), p.Columns / heads)))]);
}
