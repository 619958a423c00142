namespace AuxLossRnn.Data;

/// <summary>Turns pen strokes into grey pixels. Holds a sheet of samples that is used again: one a thread.</summary>
internal sealed class StrokeDigitsRaster
{
    /// <summary>The strokes' units across a side, those of MNIST's pixels.</summary>
    private const double Units = 28;

    /// <summary>Samples across a side, at least: two a unit, so that small sides average what large ones show.</summary>
    private const int LeastSamples = 56;

    private readonly int _side;
    private readonly int _samplesPerPixel;
    private readonly int _samples;
    private readonly double _unitsPerSample;
    private readonly double[] _ink;

    /// <summary>A raster for images of one size.</summary>
    /// <param name="side">The side in pixels.</param>
    internal StrokeDigitsRaster(int side)
    {
        _side = side;
        _samplesPerPixel = Math.Max(2, (LeastSamples + side - 1) / side);
        _samples = side * _samplesPerPixel;
        _unitsPerSample = Units / _samples;
        _ink = new double[_samples * _samples];
    }

    /// <summary>Draws white strokes on black.</summary>
    /// <param name="strokes">The strokes.</param>
    /// <param name="levels">Receives side × side levels 0 … 255.</param>
    internal void Draw(StrokeDigitsPoint[][] strokes, Span<byte> levels)
    {
        Array.Clear(_ink);
        foreach (StrokeDigitsPoint[] stroke in strokes)
        {
            for (int i = 1; i < stroke.Length; i++)
            {
                DrawLine(stroke[i - 1], stroke[i]);
            }
        }

        Average(levels);
    }

    /// <summary>Inks the samples near one straight piece: full within its radius, fading to none over one unit.</summary>
    private void DrawLine(StrokeDigitsPoint from, StrokeDigitsPoint to)
    {
        const double HalfFade = 0.5;
        double reach = Math.Max(from.Radius, to.Radius) + HalfFade;
        (int top, int bottom) = Range(Math.Min(from.Y, to.Y) - reach, Math.Max(from.Y, to.Y) + reach);
        (int left, int right) = Range(Math.Min(from.X, to.X) - reach, Math.Max(from.X, to.X) + reach);
        double alongX = to.X - from.X;
        double alongY = to.Y - from.Y;
        double lengthSquared = alongX * alongX + alongY * alongY;
        for (int v = top; v < bottom; v++)
        {
            double y = (v + 0.5) * _unitsPerSample - from.Y;
            for (int u = left; u < right; u++)
            {
                double x = (u + 0.5) * _unitsPerSample - from.X;
                double t = lengthSquared > 0 ? Math.Clamp((x * alongX + y * alongY) / lengthSquared, 0, 1) : 0;
                double awayX = x - t * alongX;
                double awayY = y - t * alongY;
                double distance = Math.Sqrt(awayX * awayX + awayY * awayY);
                double radius = from.Radius + t * (to.Radius - from.Radius);
                double ink = Math.Clamp(radius + HalfFade - distance, 0, 1);
                _ink[v * _samples + u] = Math.Max(_ink[v * _samples + u], ink);
            }
        }
    }

    /// <summary>The samples between two coordinates, cut off at the edges of the image.</summary>
    private (int Start, int End) Range(double low, double high) =>
        (Math.Clamp((int)Math.Floor(low / _unitsPerSample), 0, _samples),
         Math.Clamp((int)Math.Ceiling(high / _unitsPerSample), 0, _samples));

    private void Average(Span<byte> levels)
    {
        double scale = 255.0 / (_samplesPerPixel * _samplesPerPixel);
        for (int y = 0; y < _side; y++)
        {
            for (int x = 0; x < _side; x++)
            {
                double sum = 0;
                for (int v = y * _samplesPerPixel; v < (y + 1) * _samplesPerPixel; v++)
                {
                    for (int u = x * _samplesPerPixel; u < (x + 1) * _samplesPerPixel; u++)
                    {
                        sum += _ink[v * _samples + u];
                    }
                }

                levels[y * _side + x] = (byte)Math.Round(scale * sum);
            }
        }
    }
}
