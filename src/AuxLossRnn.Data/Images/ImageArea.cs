namespace AuxLossRnn.Data;

/// <summary>A rectangle in an image, in pixels; bounds need not fall on pixels.</summary>
/// <param name="Left">Its left edge.</param>
/// <param name="Top">Its upper edge.</param>
/// <param name="Width">Its width, above 0.</param>
/// <param name="Height">Its height, above 0.</param>
public readonly record struct ImageArea(double Left, double Top, double Width, double Height)
{
    /// <summary>The part of it that lies inside an image, which is empty if none does.</summary>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="height">The image's height in pixels.</param>
    public ImageArea Inside(int width, int height)
    {
        double left = Math.Clamp(Left, 0, width);
        double top = Math.Clamp(Top, 0, height);
        return new ImageArea(left, top, Math.Clamp(Left + Width, left, width) - left, Math.Clamp(Top + Height, top, height) - top);
    }
}
