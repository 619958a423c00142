namespace AuxLossRnn.Data;

/// <summary>An RGB image in memory, of any width and height.</summary>
/// <param name="Levels">The levels 0 … 255, height × width × 3.</param>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
public sealed record DecodedImage(byte[] Levels, int Width, int Height)
{
    /// <summary>The whole image as an area.</summary>
    public ImageArea Whole => new(0, 0, Width, Height);

    /// <summary>Makes a square of an area by the mean over what each new pixel covers; an area that is not square is squashed.</summary>
    /// <param name="area">Which part of the image; it must lie inside.</param>
    /// <param name="side">The new side in pixels, at least 1; it may be larger than the area's.</param>
    /// <param name="mirrored">Whether left and right change places.</param>
    /// <param name="target">The new levels, side × side × 3.</param>
    public void Square(ImageArea area, int side, bool mirrored, Span<byte> target)
    {
        PixelArea[] rows = PixelArea.Divide(area.Top, area.Height, Height, side);
        PixelArea[] columns = PixelArea.Divide(area.Left, area.Width, Width, side);
        if (mirrored)
        {
            Array.Reverse(columns);
        }

        AveragePooling.Pool(Levels, Width, channels: 3, rows, columns, target);
    }
}
