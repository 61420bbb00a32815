using System.Runtime.Intrinsics;

namespace SiDT.Passes.Compensation.Algebra;

/// <summary>The innermost loops of a product: a tile of 8 x 16 results held in registers.</summary>
internal static unsafe class Microkernel
{
    public const int Rows = 8;
    public const int Columns = 16;

    /// <summary>c[r, j] += alpha sum_p a[p, r] b[p, j] for 8 rows r and 16 columns j; both panels lie packed, p outermost.</summary>
    public static void Add(int depth, double alpha, double* a, double* b, double* c, int stride)
    {
        if (Vector512.IsHardwareAccelerated)
            Wide(depth, alpha, a, b, c, stride);
        else
        {
            for (int row = 0; row < Rows; row += 4)
            {
                for (int column = 0; column < Columns; column += 8)
                    Narrow(depth, alpha, a + row, b + column, c + row * stride + column, stride);
            }
        }
    }

    private static void Wide(int depth, double alpha, double* a, double* b, double* c, int stride)
    {
        Vector512<double> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        Vector512<double> c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
        for (int p = 0; p < depth; p++)
        {
            Vector512<double> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 8);
            Vector512<double> x = Vector512.Create(a[0]);
            c00 = Vector512.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(x, b1, c01);
            x = Vector512.Create(a[1]);
            c10 = Vector512.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(x, b1, c11);
            x = Vector512.Create(a[2]);
            c20 = Vector512.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(x, b1, c21);
            x = Vector512.Create(a[3]);
            c30 = Vector512.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(x, b1, c31);
            x = Vector512.Create(a[4]);
            c40 = Vector512.FusedMultiplyAdd(x, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(x, b1, c41);
            x = Vector512.Create(a[5]);
            c50 = Vector512.FusedMultiplyAdd(x, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(x, b1, c51);
            x = Vector512.Create(a[6]);
            c60 = Vector512.FusedMultiplyAdd(x, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(x, b1, c61);
            x = Vector512.Create(a[7]);
            c70 = Vector512.FusedMultiplyAdd(x, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(x, b1, c71);
            a += Rows;
            b += Columns;
        }
        Vector512<double> factor = Vector512.Create(alpha);
        Store(factor, c00, c01, c);
        Store(factor, c10, c11, c += stride);
        Store(factor, c20, c21, c += stride);
        Store(factor, c30, c31, c += stride);
        Store(factor, c40, c41, c += stride);
        Store(factor, c50, c51, c += stride);
        Store(factor, c60, c61, c += stride);
        Store(factor, c70, c71, c + stride);
    }

    private static void Store(Vector512<double> factor, Vector512<double> left, Vector512<double> right, double* c)
    {
        Vector512.Store(Vector512.FusedMultiplyAdd(factor, left, Vector512.Load(c)), c);
        Vector512.Store(Vector512.FusedMultiplyAdd(factor, right, Vector512.Load(c + 8)), c + 8);
    }

    // a quarter of the tile: what sixteen registers of half the width can hold
    private static void Narrow(int depth, double alpha, double* a, double* b, double* c, int stride)
    {
        Vector256<double> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        for (int p = 0; p < depth; p++)
        {
            Vector256<double> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 4);
            Vector256<double> x = Vector256.Create(a[0]);
            c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
            x = Vector256.Create(a[1]);
            c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
            x = Vector256.Create(a[2]);
            c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
            x = Vector256.Create(a[3]);
            c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
            a += Rows;
            b += Columns;
        }
        Vector256<double> factor = Vector256.Create(alpha);
        Store(factor, c00, c01, c);
        Store(factor, c10, c11, c += stride);
        Store(factor, c20, c21, c += stride);
        Store(factor, c30, c31, c + stride);
    }

    private static void Store(Vector256<double> factor, Vector256<double> left, Vector256<double> right, double* c)
    {
        Vector256.Store(Vector256.FusedMultiplyAdd(factor, left, Vector256.Load(c)), c);
        Vector256.Store(Vector256.FusedMultiplyAdd(factor, right, Vector256.Load(c + 4)), c + 4);
    }
}
