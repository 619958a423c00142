using AuxLossRnn.Runtime;

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
                + $"Choose --side between 1 and {images.Side}.");
        }

        double[,] weights = Weights(images.Side, side);
        byte[] levels = new byte[images.Count * side * side * images.Channels];
        Parallel.For(0, images.Count, i => ResizeOne(images, i, side, weights, levels));
        return images with { Levels = levels, Side = side };
    }

    /// <summary>How much of each old column (or row) lies in each new one; every row sums to 1.</summary>
    private static double[,] Weights(int from, int to)
    {
        double[,] weights = new double[to, from];
        double scale = (double)from / to;
        for (int i = 0; i < to; i++)
        {
            for (int j = 0; j < from; j++)
            {
                double overlap = Math.Min((i + 1) * scale, j + 1) - Math.Max(i * scale, j);
                weights[i, j] = Math.Max(0, overlap) / scale;
            }
        }

        return weights;
    }

    private static void ResizeOne(ByteImages images, int image, int side, double[,] weights, byte[] levels)
    {
        int from = images.Side;
        int channels = images.Channels;
        double[] rows = new double[side * from]; // pooled over rows, not yet over columns
        for (int channel = 0; channel < channels; channel++)
        {
            Array.Clear(rows);
            for (int y = 0; y < side; y++)
            {
                for (int v = 0; v < from; v++)
                {
                    double weight = weights[y, v];
                    if (weight == 0)
                    {
                        continue;
                    }

                    int source = ((image * from + v) * from) * channels + channel;
                    for (int u = 0; u < from; u++)
                    {
                        rows[y * from + u] += weight * images.Levels[source + u * channels];
                    }
                }
            }

            for (int y = 0; y < side; y++)
            {
                for (int x = 0; x < side; x++)
                {
                    double sum = 0;
                    for (int u = 0; u < from; u++)
                    {
                        sum += weights[x, u] * rows[y * from + u];
                    }

                    levels[((image * side + y) * side + x) * channels + channel] = (byte)Math.Round(sum);
                }
            }
        }
    }
}
