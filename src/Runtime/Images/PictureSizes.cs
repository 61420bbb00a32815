namespace SiDT.Runtime;

/// <summary>Sizes on the way from a picture to the crop, rounded as torchvision and timm round.</summary>
internal static class PictureSizes
{
    /// <summary>Height and width after resizing a picture of <paramref name="height"/> x <paramref name="width"/>.</summary>
    public static (int Height, int Width) Resized(int height, int width, PictureInput input, Preprocessing preprocessing)
    {
        switch (preprocessing.Resize)
        {
            case { KeepAspect: false } exact:
                return (exact.Height, exact.Width);
            case { } shortSide:
                return height < width
                    ? (shortSide.Height, Long(shortSide.Height, width, height))
                    : (Long(shortSide.Height, height, width), shortSide.Height);
            default:
                // The side that the crop needs more of decides, so that the crop always fits.
                bool byHeight = (long)height * input.Width <= (long)width * input.Height;
                int side = (int)((byHeight ? input.Height : input.Width) / preprocessing.CropFraction);
                return byHeight ? (side, Long(side, width, height)) : (Long(side, height, width), side);
        }
    }

    /// <summary>First row or column of a centred crop; halves go to the even number, as in Python.</summary>
    public static int Start(int size, int crop) => (int)Math.Round((size - crop) / 2.0, MidpointRounding.ToEven);

    private static int Long(int side, int longer, int shorter) => (int)((long)side * longer / shorter);
}
