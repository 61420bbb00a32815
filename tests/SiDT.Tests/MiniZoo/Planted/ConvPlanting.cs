namespace SiDT.Tests.MiniZoo.Planted;

/// <summary>The weights of a convolutional network with dead channels in it, by name.</summary>
internal sealed class ConvPlanting(int seed, int stream, int inner, int wideStream, int wideInner)
{
    private readonly Numbers _numbers = new(seed);
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, float[]> _given = [];

    public Dictionary<string, float[]> Numbers()
    {
        int[] kept = AttentionNumbers.Choose(stream, wideStream, _random), all = [0, 1, 2];
        Conv("stem", all, kept, 3, wideStream, 3, silent: false);
        for (int i = 0; i < 2; i++)
        {
            int[] first = AttentionNumbers.Choose(inner, wideInner, _random), second = AttentionNumbers.Choose(inner, wideInner, _random);
            Conv($"layers.{i}.conv1", kept, first, wideStream, wideInner, 1, silent: true);
            Conv($"layers.{i}.conv2", first, second, wideInner, wideInner, 3, silent: false);
            Conv($"layers.{i}.conv3", second, kept, wideInner, wideStream, 1, silent: false);
        }
        Matrix head = _numbers.Matrix("head.weight", stream, 7);
        _given["head.weight"] = Matrix.Make(wideStream, 7, (i, j) => Array.IndexOf(kept, i) is >= 0 and int at ? head[at, j] : 0).Data;
        return _given;
    }

    /// <summary>
    /// A convolution and its BatchNorm. Dead outputs are random (their readers have zeros) or, where <paramref name="silent"/>,
    /// zero behind BatchNorm (their readers have anything).
    /// </summary>
    private void Conv(string name, int[] inputs, int[] outputs, int wideInputs, int wideOutputs, int kernel, bool silent)
    {
        int area = kernel * kernel, fan = inputs.Length * area;
        bool inputsSilent = name.EndsWith("conv2", StringComparison.Ordinal);
        float[] small = _numbers.Normal(name + ".conv.weight", outputs.Length * fan, 1.3 / Math.Sqrt(fan));
        var wide = new float[wideOutputs * wideInputs * area];
        for (int i = 0; i < wide.Length; i++)
        {
            int o = Array.IndexOf(outputs, i / (wideInputs * area)), c = Array.IndexOf(inputs, i / area % wideInputs);
            bool read = c >= 0 || inputsSilent;
            wide[i] = o >= 0 && c >= 0 ? small[(o * fan) + (c * area) + (i % area)] : read ? AttentionNumbers.Noise(_random) : 0;
        }
        _given[name + ".conv.weight"] = wide;
        Vector(name + ".bn.weight", 0.2, 1, silent);
        Vector(name + ".bn.bias", 0.25, 0, silent);
        Vector(name + ".bn.running_mean", 0.2, 0, false);
        Vector(name + ".bn.running_var", 0.2, 1, false);

        void Vector(string vector, double scale, double mean, bool zero)
        {
            float[] numbers = _numbers.Normal(vector, outputs.Length, scale, mean);
            _given[vector] = [.. Enumerable.Range(0, wideOutputs).Select(o => Array.IndexOf(outputs, o) is >= 0 and int at ? numbers[at] : zero ? 0 : (float)mean)];
        }
    }
}
