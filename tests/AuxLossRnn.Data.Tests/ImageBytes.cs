using System.Runtime.InteropServices;
using SkiaSharp;

namespace AuxLossRnn.Data.Tests;

/// <summary>Makes image files.</summary>
internal static class ImageBytes
{
    /// <summary>A file of random levels; PNG keeps them exactly.</summary>
    public static (byte[] File, byte[] Levels) Random(int width, int height, int seed, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        byte[] levels = new byte[3 * width * height];
        new Random(seed).NextBytes(levels);
        return (Encode(levels, width, height, format), levels);
    }

    public static byte[] Encode(byte[] levels, int width, int height, SKEncodedImageFormat format)
    {
        byte[] pixels = new byte[4 * width * height];
        for (int i = 0; i < width * height; i++)
        {
            levels.AsSpan(3 * i, 3).CopyTo(pixels.AsSpan(4 * i));
            pixels[4 * i + 3] = 255;
        }

        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        using SKData data = bitmap.Encode(format, quality: 90);
        return data.ToArray();
    }
}
