namespace SiDT.Passes.Compensation.Algebra;

/// <summary>Part of a matrix, or of its transpose, where it lies: element (i, j) is Data[Offset + i RowStride + j ColumnStride].</summary>
internal readonly record struct Block(double[] Data, int Offset, int RowStride, int ColumnStride)
{
    public Block Transposed => new(Data, Offset, ColumnStride, RowStride);

    public static Block Of(Matrix matrix, int row = 0, int column = 0) => new(matrix.Data, row * matrix.Columns + column, matrix.Columns, 1);
}
