using System.Buffers;

namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// C += alpha A B by blocks that fit the caches: panels of B and A are packed so that the innermost loop reads memory in order
/// (Goto and van de Geijn, Anatomy of high-performance matrix multiplication, 2008). Each element of C is summed by one thread, in order.
/// </summary>
internal static unsafe class Product
{
    private const int Depth = 256, RowBlock = 96, ColumnBlock = 1536;
    private const long WorthThreads = 1 << 18;

    /// <summary>C [m x n] += alpha A [m x k] B [k x n]; with <paramref name="lower"/> only the tiles that touch the lower triangle of C.</summary>
    public static void Add(int m, int n, int k, double alpha, Block a, Block b, Block c, bool lower = false)
    {
        if (m == 0 || n == 0 || k == 0)
            return;
        bool enough = (long)m * n * k > WorthThreads;
        int width = Math.Min(ColumnBlock, RoundUp(n, Microkernel.Columns));
        double[] packed = ArrayPool<double>.Shared.Rent(Math.Min(Depth, k) * width);
        try
        {
            for (int j = 0; j < n; j += ColumnBlock)
            {
                int columns = Math.Min(ColumnBlock, n - j), first = j;
                for (int p = 0; p < k; p += Depth)
                {
                    int depth = Math.Min(Depth, k - p), start = p;
                    int strips = (columns + Microkernel.Columns - 1) / Microkernel.Columns;
                    Work.Spread(strips, enough && (long)columns * depth > 1 << 16, s =>
                    {
                        int column = s * Microkernel.Columns;
                        PackColumns(b, start, first + column, depth, Math.Min(Microkernel.Columns, columns - column), packed, column * depth);
                    });
                    int top = lower ? first / RowBlock : 0, blocks = (m + RowBlock - 1) / RowBlock - top;
                    Work.Spread(blocks, enough, i =>
                    {
                        int row = (i + top) * RowBlock;
                        Rows(row, Math.Min(RowBlock, m - row), first, columns, start, depth, alpha, a, packed, c, lower);
                    });
                }
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(packed);
        }
    }

    private static void Rows(int row, int rows, int first, int columns, int start, int depth, double alpha, Block a, double[] right, Block c, bool lower)
    {
        double[] left = ArrayPool<double>.Shared.Rent(RoundUp(rows, Microkernel.Rows) * depth);
        double* spill = stackalloc double[Microkernel.Rows * Microkernel.Columns];
        for (int i = 0; i < rows; i += Microkernel.Rows)
            PackRows(a, row + i, start, Math.Min(Microkernel.Rows, rows - i), depth, left, i * depth);
        fixed (double* pa = left, pb = right, pc = c.Data)
        {
            for (int j = 0; j < columns; j += Microkernel.Columns)
            {
                int wide = Math.Min(Microkernel.Columns, columns - j);
                for (int i = 0; i < rows; i += Microkernel.Rows)
                {
                    int high = Math.Min(Microkernel.Rows, rows - i);
                    if (lower && first + j > row + i + high - 1)
                        continue;
                    double* tile = pc + c.Offset + (row + i) * c.RowStride + first + j;
                    if (high == Microkernel.Rows && wide == Microkernel.Columns)
                        Microkernel.Add(depth, alpha, pa + i * depth, pb + j * depth, tile, c.RowStride);
                    else
                        Edge(depth, alpha, pa + i * depth, pb + j * depth, tile, c.RowStride, high, wide, spill);
                }
            }
        }
        ArrayPool<double>.Shared.Return(left);
    }

    private static void Edge(int depth, double alpha, double* a, double* b, double* tile, int stride, int high, int wide, double* spill)
    {
        new Span<double>(spill, Microkernel.Rows * Microkernel.Columns).Clear();
        Microkernel.Add(depth, alpha, a, b, spill, Microkernel.Columns);
        for (int r = 0; r < high; r++)
        {
            for (int j = 0; j < wide; j++)
                tile[r * stride + j] += spill[r * Microkernel.Columns + j];
        }
    }

    private static void PackRows(Block a, int row, int start, int high, int depth, double[] packed, int at)
    {
        if (high < Microkernel.Rows)
            packed.AsSpan(at, Microkernel.Rows * depth).Clear();
        for (int r = 0; r < high; r++)
        {
            int source = a.Offset + (row + r) * a.RowStride + start * a.ColumnStride, target = at + r;
            for (int p = 0; p < depth; p++, source += a.ColumnStride, target += Microkernel.Rows)
                packed[target] = a.Data[source];
        }
    }

    private static void PackColumns(Block b, int start, int column, int depth, int wide, double[] packed, int at)
    {
        if (wide < Microkernel.Columns)
            packed.AsSpan(at, Microkernel.Columns * depth).Clear();
        if (b.ColumnStride == 1)
        {
            for (int p = 0; p < depth; p++)
                b.Data.AsSpan(b.Offset + (start + p) * b.RowStride + column, wide).CopyTo(packed.AsSpan(at + p * Microkernel.Columns));
            return;
        }
        for (int j = 0; j < wide; j++)
        {
            int source = b.Offset + start * b.RowStride + (column + j) * b.ColumnStride, target = at + j;
            for (int p = 0; p < depth; p++, source += b.RowStride, target += Microkernel.Columns)
                packed[target] = b.Data[source];
        }
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
