namespace SiDT.Tests.MiniZoo.Planted;

/// <summary>The weights of one attention layer and ways to make it wider without changing what it computes.</summary>
internal sealed record AttentionNumbers(int Heads, int Qk, int V, Matrix Q, Matrix QBias, Matrix K, Matrix KBias, Matrix Value, Matrix ValueBias, Matrix Out)
{
    /// <summary>Key and query columns of which one side is zero.</summary>
    public AttentionNumbers WithDeadQk(int width, Random random)
    {
        int[][] places = Places(Qk, width, random);
        bool[][] queryDead = [.. places.Select(_ => Enumerable.Range(0, width).Select(_ => random.Next(2) == 0).ToArray())];
        float scale = MathF.Sqrt((float)width / Qk); // the logits are divided by the root of the wider width
        Matrix Query(Matrix m) => Spread(m.Times(scale), Heads, Qk, width, places, (h, j) => queryDead[h][j] ? 0 : Noise(random));
        Matrix Key(Matrix m) => Spread(m, Heads, Qk, width, places, (h, j) => queryDead[h][j] ? Noise(random) : 0);
        return this with { Qk = width, Q = Query(Q), QBias = Query(QBias), K = Key(K), KBias = Key(KBias) };
    }

    /// <summary>Value columns that are zero, or whose rows of the output matrix are.</summary>
    public AttentionNumbers WithDeadV(int width, Random random)
    {
        int[][] places = Places(V, width, random);
        bool[][] valueDead = [.. places.Select(_ => Enumerable.Range(0, width).Select(_ => random.Next(2) == 0).ToArray())];
        Matrix Made(Matrix m) => Spread(m, Heads, V, width, places, (h, j) => valueDead[h][j] ? 0 : Noise(random));
        Matrix read = Spread(Out.Transposed(), Heads, V, width, places, (h, j) => valueDead[h][j] ? Noise(random) : 0).Transposed();
        return this with { V = width, Value = Made(Value), ValueBias = Made(ValueBias), Out = read };
    }

    /// <summary>Heads whose rows of the output matrix are zero.</summary>
    public AttentionNumbers WithDeadHeads(int heads, Random random)
    {
        int[][] places = [Choose(Heads, heads, random)];
        Matrix Live(Matrix m, int width) => SpreadBlocks(m, Heads, heads, width, places[0], () => Noise(random));
        return this with
        {
            Heads = heads,
            Q = Live(Q, Qk),
            QBias = Live(QBias, Qk),
            K = Live(K, Qk),
            KBias = Live(KBias, Qk),
            Value = Live(Value, V),
            ValueBias = Live(ValueBias, V),
            Out = SpreadBlocks(Out.Transposed(), Heads, heads, V, places[0], () => 0).Transposed(),
        };
    }

    /// <summary>Queries and keys turned into a wider basis: no column is zero, but the product keeps its rank.</summary>
    public AttentionNumbers WithLowRankQk(int width, Random random)
    {
        float scale = MathF.Sqrt((float)width / Qk);
        (Matrix Wide, Matrix Dual)[] bases = [.. Enumerable.Range(0, Heads).Select(_ => Bases(Qk, width, random))];
        return this with
        {
            Qk = width,
            Q = Turn(Q.Times(scale), Qk, bases, b => b.Wide),
            QBias = Turn(QBias.Times(scale), Qk, bases, b => b.Wide),
            K = Turn(K, Qk, bases, b => b.Dual),
            KBias = Turn(KBias, Qk, bases, b => b.Dual),
        };
    }

    /// <summary>The same for values and the output matrix.</summary>
    public AttentionNumbers WithLowRankV(int width, Random random)
    {
        (Matrix Wide, Matrix Dual)[] bases = [.. Enumerable.Range(0, Heads).Select(_ => Bases(V, width, random))];
        return this with
        {
            V = width,
            Value = Turn(Value, V, bases, b => b.Wide),
            ValueBias = Turn(ValueBias, V, bases, b => b.Wide),
            Out = Turn(Out.Transposed(), V, bases, b => b.Dual).Transposed(),
        };
    }

    /// <summary>Where the small units stand among the wide ones, in order.</summary>
    internal static int[] Choose(int small, int wide, Random random) =>
        [.. Enumerable.Range(0, wide).OrderBy(_ => random.Next()).Take(small).Order()];

    internal static float Noise(Random random) => (float)(random.NextDouble() - 0.5);

    private int[][] Places(int small, int wide, Random random) => [.. Enumerable.Range(0, Heads).Select(_ => Choose(small, wide, random))];

    private static Matrix Spread(Matrix m, int heads, int from, int to, int[][] places, Func<int, int, float> dead) => Matrix.Make(m.Rows, heads * to, (i, j) =>
    {
        int h = j / to, at = Array.IndexOf(places[h], j % to);
        return at < 0 ? dead(h, j % to) : m[i, (h * from) + at];
    });

    private static Matrix SpreadBlocks(Matrix m, int from, int to, int width, int[] places, Func<float> dead) => Matrix.Make(m.Rows, to * width, (i, j) =>
    {
        int at = Array.IndexOf(places, j / width);
        return at < 0 || at >= from ? dead() : m[i, (at * width) + (j % width)];
    });

    private static Matrix Turn(Matrix m, int width, (Matrix Wide, Matrix Dual)[] bases, Func<(Matrix Wide, Matrix Dual), Matrix> which) =>
        Matrix.Beside([.. bases.Select((b, h) => Product(m.TakeColumns(h * width, width), which(b)))]);

    /// <summary>Two bases of one small space inside a wide one whose product is the identity.</summary>
    private static (Matrix Wide, Matrix Dual) Bases(int small, int wide, Random random)
    {
        Matrix a = Matrix.Make(small, wide, (i, j) => (i == j ? 1 : 0) + Noise(random));
        Matrix inverse = Inverse(Product(a, a.Transposed()));
        return (a, Product(inverse, a));
    }

    private static Matrix Product(Matrix a, Matrix b) =>
        Matrix.Make(a.Rows, b.Columns, (i, j) => (float)Enumerable.Range(0, a.Columns).Sum(k => (double)a[i, k] * b[k, j]));

    private static Matrix Inverse(Matrix m)
    {
        int n = m.Rows;
        double[][] rows = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, 2 * n).Select(j => j < n ? m[i, j] : j - n == i ? 1.0 : 0.0).ToArray())];
        for (int p = 0; p < n; p++) // positive definite: no pivoting
        {
            double pivot = rows[p][p];
            rows[p] = [.. rows[p].Select(x => x / pivot)];
            for (int i = 0; i < n; i++)
            {
                double factor = rows[i][p];
                if (i != p)
                    rows[i] = [.. rows[i].Select((x, j) => x - (factor * rows[p][j]))];
            }
        }
        return Matrix.Make(n, n, (i, j) => (float)rows[i][n + j]);
    }
}
