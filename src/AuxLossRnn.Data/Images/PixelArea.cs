namespace AuxLossRnn.Data;

/// <summary>The old pixels in a row (or column) that a new pixel covers.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Shares">How much of the new pixel each of them fills; together 1.</param>
internal readonly record struct PixelArea(int First, double[] Shares)
{
    /// <summary>Divides a stretch of old pixels into new ones of equal width; bounds need not fall on pixels.</summary>
    /// <param name="start">Where the stretch begins, in old pixels, at least 0.</param>
    /// <param name="length">How long it is, in old pixels, above 0.</param>
    /// <param name="pixels">The old pixels; the stretch ends there at the latest.</param>
    /// <param name="parts">The new pixels.</param>
    public static PixelArea[] Divide(double start, double length, int pixels, int parts)
    {
        var areas = new PixelArea[parts];
        double width = length / parts;
        for (int i = 0; i < parts; i++)
        {
            double from = start + i * width;
            double to = start + (i + 1) * width;
            int first = Math.Min((int)from, pixels - 1);
            int end = Math.Clamp((int)Math.Ceiling(to), first + 1, pixels);
            double[] shares = new double[end - first];
            for (int j = first; j < end; j++)
            {
                shares[j - first] = Math.Max(0, Math.Min(to, j + 1) - Math.Max(from, j)) / width;
            }

            areas[i] = new PixelArea(first, shares);
        }

        return areas;
    }
}
