using System.Runtime.InteropServices;
using AuxLossRnn.Runtime;
using SkiaSharp;

namespace AuxLossRnn.Data;

/// <summary>Decodes image files: JPEG, PNG, WebP, GIF, BMP.</summary>
public static class ImageFile
{
    private const long MostPixels = 100_000_000;
    private const long FewPixels = 1 << 20;
    private const long MostPixelsPerByte = 10_000; // a blank PNG has up to 8,000: what claims more is damaged, and would be given the memory
    private const int Opaque = 255;

    private static volatile bool _isReady;

    /// <summary>The version of SkiaSharp, which reads and writes pictures.</summary>
    /// <exception cref="UserException">Its native half does not load; the message names the file and what to do.</exception>
    public static string Require()
    {
        if (!_isReady)
        {
            NativeFiles.Require(typeof(SKBitmap).Assembly, "libSkiaSharp");
            _isReady = true;
        }

        return typeof(SKBitmap).Assembly.GetName().Version!.ToString(3);
    }

    /// <summary>Decodes an image to RGB, as it is stored: neither turned by its EXIF data nor converted to another colour space.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">Where it comes from, for the message.</param>
    /// <returns>Its pixels; what is transparent lies on white, grey becomes three equal channels.</returns>
    /// <exception cref="UserException">It is empty, not an image, damaged, cut off or enormous; or pictures cannot be read here.</exception>
    public static DecodedImage Decode(byte[] bytes, string name)
    {
        Require();
        using SKData data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        if (codec is null)
        {
            throw Refused(name, bytes.Length == 0 ? "it has zero bytes" : $"its {bytes.Length:N0} bytes are of no known format, or its header is cut off");
        }

        if (codec.FrameCount > 1)
        {
            throw Refused(name, $"it holds {codec.FrameCount} pictures, of which nobody said which to read");
        }

        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        if ((long)info.Width * info.Height > MostPixels)
        {
            throw Refused(name, $"it claims {info.Width}×{info.Height} pixels, more than the {MostPixels:N0} allowed");
        }

        if ((long)info.Width * info.Height > FewPixels + MostPixelsPerByte * (long)bytes.Length)
        {
            throw Refused(name, $"it claims {info.Width}×{info.Height} pixels in {bytes.Length:N0} bytes");
        }

        using var bitmap = new SKBitmap(info);
        SKCodecResult result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            throw Refused(name, result == SKCodecResult.IncompleteInput ? "it is cut off" : $"its pixels cannot be decoded ({result})");
        }

        byte[] pixels = new byte[4 * info.Width * info.Height];
        Marshal.Copy(bitmap.GetPixels(), pixels, 0, pixels.Length); // rows of four-byte pixels are never padded
        byte[] levels = new byte[3 * info.Width * info.Height];
        for (int i = 0; i < pixels.Length / 4; i++)
        {
            // Nobody sees the colour that a file has for a transparent pixel: pictures that look alike are to be alike.
            for (int c = 0; c < 3; c++)
            {
                levels[3 * i + c] = OnWhite(pixels[4 * i + c], pixels[4 * i + 3]);
            }
        }

        return new DecodedImage(levels, info.Width, info.Height);
    }

    private static byte OnWhite(int level, int alpha) => (byte)((level * alpha + Opaque * (Opaque - alpha) + Opaque / 2) / Opaque);

    private static UserException Refused(string name, string why) => new(
        $"The image {name} cannot be read: {why}. Expected a whole JPEG, PNG, WebP, GIF or BMP file; place a good one there or take it out of the list.");
}
