using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>Shrinks images by the mean over the area that each new pixel covers; sides need not divide.</summary>
public static class AveragePooling
{
    /// <summary>Resizes every image to a smaller side.</summary>
    /// <param name="images">The images.</param>
    /// <param name="side">The new side, at least 1 and at most the images' own.</param>
    /// <exception cref="UserException">The side is out of range.</exception>
    public static ByteImages Resize(ByteImages images, int side)
    {
        if (side == images.Side)
        {
            return images;
        }

        if (side < 1 || side > images.Side)
        {
            throw new UserException(
                $"A side of {side} is not possible: the images are {images.Side} pixels wide and can only be made smaller. "
                + $"Choose ‹Side› between 1 and {images.Side}.");
        }

        PixelArea[] areas = PixelArea.Divide(0, images.Side, images.Side, side);
        int from = images.Side * images.Side * images.Channels;
        int to = side * side * images.Channels;
        byte[] levels = new byte[images.Count * to];
        Parallel.For(0, images.Count, i => Pool(
            images.Levels.AsSpan(i * from, from), images.Side, images.Channels, areas, areas, levels.AsSpan(i * to, to)));
        return images with { Levels = levels, Side = side };
    }

    /// <summary>Pools one image, of any width and height.</summary>
    /// <param name="levels">Its levels, height × width × channels.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="channels">1 for grey, 3 for RGB.</param>
    /// <param name="rows">What each new row covers.</param>
    /// <param name="columns">What each new column covers.</param>
    /// <param name="pooled">The new levels, rows × columns × channels.</param>
    internal static void Pool(
        ReadOnlySpan<byte> levels, int width, int channels, PixelArea[] rows, PixelArea[] columns, Span<byte> pooled)
    {
        double[] row = new double[width * channels]; // pooled over rows, not yet over columns
        int next = 0;
        foreach (PixelArea high in rows)
        {
            Array.Clear(row);
            for (int v = 0; v < high.Shares.Length; v++)
            {
                ReadOnlySpan<byte> source = levels.Slice((high.First + v) * row.Length, row.Length);
                double share = high.Shares[v];
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] += share * source[i];
                }
            }

            foreach (PixelArea wide in columns)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    double sum = 0;
                    for (int u = 0; u < wide.Shares.Length; u++)
                    {
                        sum += wide.Shares[u] * row[(wide.First + u) * channels + channel];
                    }

                    pooled[next++] = (byte)Math.Round(sum);
                }
            }
        }
    }
}
