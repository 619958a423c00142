using AuxLossRnn.Data;
using SkiaSharp;

namespace AuxLossRnn.Experiments.TensorBoard;

/// <summary>A picture in a file's format.</summary>
/// <param name="Width">Its width in pixels.</param>
/// <param name="Height">Its height in pixels.</param>
/// <param name="Bytes">The file.</param>
internal sealed record Png(int Width, int Height, byte[] Bytes);

/// <summary>A segment on the left, and on the right what a decoder makes of it.</summary>
internal static class ReconstructionPicture
{
    private const int Panel = 256; // pixels across a panel, about
    private const int Gap = 8;

    private static readonly SKColor Nothing = new(0x30, 0x50, 0x80);
    private static readonly SKColor[] Channels = [SKColors.SteelBlue, SKColors.DarkOrange, SKColors.SeaGreen, SKColors.Crimson, SKColors.MediumPurple, SKColors.SaddleBrown];

    /// <summary>Images: the whole one, and the reconstructed pixels in their places.</summary>
    /// <param name="image">The scaled features of all steps, <c>[T, F]</c>.</param>
    /// <param name="reconstructed">Those of the decoder, <c>[L, F]</c>.</param>
    /// <param name="start">The step of the first of these.</param>
    /// <param name="side">The side of the image in pixels.</param>
    /// <param name="features">1 for grey, 3 for colours.</param>
    public static Png OfImage(float[] image, float[] reconstructed, int start, int side, int features)
    {
        int scale = Math.Max(1, Panel / side);
        return Draw(side * scale, (canvas, left) =>
        {
            using var paint = new SKPaint();
            for (int pixel = 0; pixel < side * side; pixel++)
            {
                (float[] from, int at) = left ? (image, pixel) : (reconstructed, pixel - start);
                paint.Color = at >= 0 && (at + 1) * features <= from.Length ? Colour(from.AsSpan(at * features, features)) : Nothing;
                canvas.DrawRect(pixel % side * scale, pixel / side * scale, scale, scale, paint);
            }
        });
    }

    /// <summary>Other sequences: a curve a channel, both panels on one scale.</summary>
    /// <param name="original">The scaled features of the segment, <c>[L, F]</c>.</param>
    /// <param name="reconstructed">Those of the decoder, <c>[L, F]</c>.</param>
    /// <param name="features">The channels F.</param>
    public static Png OfCurves(float[] original, float[] reconstructed, int features)
    {
        float low = Math.Min(original.Min(), reconstructed.Min()), high = Math.Max(original.Max(), reconstructed.Max());
        return Draw(Panel, (canvas, left) =>
        {
            float[] values = left ? original : reconstructed;
            int steps = values.Length / features;
            for (int channel = 0; channel < features; channel++)
            {
                using var paint = new SKPaint { Color = Channels[channel % Channels.Length], IsStroke = true, StrokeWidth = 2, IsAntialias = true };
                using var path = new SKPath();
                for (int t = 0; t < steps; t++)
                {
                    float height = high > low ? (values[t * features + channel] - low) / (high - low) : 0.5f;
                    var point = new SKPoint(Gap + (Panel - 2f * Gap) * t / Math.Max(1, steps - 1), Panel - Gap - (Panel - 2f * Gap) * height);
                    if (t == 0)
                    {
                        path.MoveTo(point);
                    }

                    path.LineTo(point);
                }

                canvas.DrawPath(path, paint);
            }
        });
    }

    private static Png Draw(int panel, Action<SKCanvas, bool> draw)
    {
        ImageFile.Require();
        using var bitmap = new SKBitmap(2 * panel + Gap, panel, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            draw(canvas, true);
            canvas.Translate(panel + Gap, 0);
            draw(canvas, false);
        }

        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return new Png(bitmap.Width, bitmap.Height, png.ToArray());
    }

    private static SKColor Colour(ReadOnlySpan<float> channels) =>
        channels.Length == 3 ? new SKColor(Level(channels[0]), Level(channels[1]), Level(channels[2])) : new SKColor(Level(channels[0]), Level(channels[0]), Level(channels[0]));

    private static byte Level(float value) => (byte)Math.Clamp(MathF.Round(byte.MaxValue * value), 0, byte.MaxValue);
}
