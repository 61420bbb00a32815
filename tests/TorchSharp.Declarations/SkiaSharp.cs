namespace SkiaSharp;

/// <summary>What an emitted project uses to read pictures; declared, not done.</summary>
public sealed class SKBitmap : IDisposable
{
    public int Width => throw new NotSupportedException();

    public int Height => throw new NotSupportedException();

    public static SKBitmap? Decode(string filename) => throw new NotSupportedException();

    public SKBitmap Resize(SKImageInfo info, SKFilterQuality quality) => throw new NotSupportedException();

    public SKColor GetPixel(int x, int y) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}

public readonly record struct SKImageInfo(int Width, int Height);

public readonly record struct SKColor(byte Red, byte Green, byte Blue);

public enum SKFilterQuality
{
    High = 3,
}
