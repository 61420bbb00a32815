namespace SiDT.Runtime;

/// <summary>How pixels between those of the picture are made.</summary>
public enum Interpolation
{
    Bicubic,
    Bilinear,
    Nearest,
}

/// <summary>Order of the axes of a picture tensor.</summary>
public enum PictureLayout
{
    Nchw,
    Nhwc,
}

/// <summary>Order of the channels that the model expects.</summary>
public enum ChannelOrder
{
    Rgb,
    Bgr,
}

/// <summary>The size to which a picture is brought before the crop, in pixels.</summary>
/// <param name="Height">Height, or the short side when <paramref name="KeepAspect"/>.</param>
/// <param name="Width">Width; not used when <paramref name="KeepAspect"/>.</param>
/// <param name="KeepAspect">Whether the short side becomes <paramref name="Height"/> and the long side follows.</param>
public sealed record ResizeTo(int Height, int Width, bool KeepAspect)
{
    public static ResizeTo ShortSide(int pixels) => new(pixels, pixels, true);

    public static ResizeTo Exactly(int height, int width) => new(height, width, false);
}

/// <summary>From a picture to what a model reads: resize, centre crop, <c>(x * scale - mean) / std</c>.</summary>
public sealed record Preprocessing
{
    /// <summary>The size before the crop; null: just large enough for the crop, divided by <see cref="CropFraction"/>.</summary>
    public ResizeTo? Resize { get; init; }

    /// <summary>Height and width of the crop; null: those of the model's input.</summary>
    public (int Height, int Width)? Crop { get; init; }

    /// <summary>How much of the resized picture the crop covers where <see cref="Resize"/> is null; 0.875 makes 256 of 224.</summary>
    public double CropFraction { get; init; } = 1;

    /// <summary>Subtracted after scaling; one number, or one for each channel in the model's order.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0];

    /// <summary>Divided by at the end; one number, or one for each channel in the model's order.</summary>
    public IReadOnlyList<float> Std { get; init; } = [1];

    /// <summary>Pixels 0..255 are multiplied by it.</summary>
    public double Scale { get; init; } = 1.0 / 255;

    public Interpolation Interpolation { get; init; } = Interpolation.Bicubic;

    /// <summary>Null: read off the model's input.</summary>
    public PictureLayout? Layout { get; init; }

    public ChannelOrder Channels { get; init; } = ChannelOrder.Rgb;

    /// <summary>Where it comes from, for people: a preset, a file, the model's metadata.</summary>
    public string Origin { get; init; } = "";

    /// <summary>True when nobody said how pictures are prepared, so that a user should be told what was chosen.</summary>
    public bool IsAssumed { get; init; }

    /// <summary>Mean and deviation of ImageNet.</summary>
    public static Preprocessing ImageNet { get; } = new()
    {
        CropFraction = 0.875,
        Mean = [0.485f, 0.456f, 0.406f],
        Std = [0.229f, 0.224f, 0.225f],
        Origin = "imagenet",
    };

    /// <summary>Numbers from -1 to 1.</summary>
    public static Preprocessing Half { get; } = new() { CropFraction = 0.875, Mean = [0.5f], Std = [0.5f], Origin = "half" };

    /// <summary>Numbers from 0 to 1, and no larger part of the picture cut off than the aspect asks for.</summary>
    public static Preprocessing None { get; } = new() { Origin = "none" };

    /// <summary>What most classifiers are trained with, for a model that says nothing: ImageNet's numbers for colour, none for grey.</summary>
    public static Preprocessing Assumed(int channels) =>
        (channels == 3 ? ImageNet : None) with { Origin = channels == 3 ? "assumed: imagenet" : "assumed: none", IsAssumed = true };
}
