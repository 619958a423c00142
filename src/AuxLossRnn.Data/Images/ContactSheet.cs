using System.Runtime.InteropServices;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using SkiaSharp;

namespace AuxLossRnn.Data;

/// <summary>Many small images as one picture, to look a dataset in the eye.</summary>
public static class ContactSheet
{
    /// <summary>Skia's limit on a picture in memory, four bytes a pixel.</summary>
    private const double MostBytes = int.MaxValue;

    /// <summary>Writes a PNG with the images in rows, between lines one pixel wide.</summary>
    /// <param name="images">The images, grey or RGB, at least one.</param>
    /// <param name="columns">Images in a row, at least 1; the last row may have fewer.</param>
    /// <param name="path">The file, replaced if it exists.</param>
    /// <param name="scale">Pixels of the picture across a pixel of an image, at least 1.</param>
    /// <exception cref="UserException">There is no image, a number is out of range, or pictures cannot be written here.</exception>
    /// <exception cref="IOException">The folder is missing or full.</exception>
    public static void WritePng(ByteImages images, int columns, string path, int scale = 2)
    {
        Check(images, columns, scale);
        ImageFile.Require();
        int cell = images.Side * scale + 1; // an image and the line to its left or above it
        int rows = (images.Count + columns - 1) / columns;
        using var sheet = new SKBitmap(columns * cell + 1, rows * cell + 1, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(sheet))
        {
            canvas.Clear(new SKColor(0x30, 0x50, 0x80)); // the lines between them
            for (int i = 0; i < images.Count; i++)
            {
                using SKBitmap image = ToBitmap(images, i);
                int left = i % columns * cell + 1;
                int top = i / columns * cell + 1;

                // Drawing a bitmap takes the nearest pixel: every one becomes a square, none is blurred.
                canvas.DrawBitmap(image, SKRect.Create(left, top, cell - 1, cell - 1));
            }
        }

        using SKData png = sheet.Encode(SKEncodedImageFormat.Png, quality: 100);
        AtomicFile.Write(path, png.SaveTo);
    }

    /// <summary>Picks the first few images of every class and puts them in order, so that a row shows a class.</summary>
    /// <param name="images">The images.</param>
    /// <param name="perClass">How many of each class, at least 1.</param>
    /// <exception cref="UserException">A class has fewer images, or the number is out of range.</exception>
    public static ByteImages ByClass(ByteImages images, int perClass)
    {
        if (perClass < 1)
        {
            throw new UserException($"Cannot show {perClass} images of each class: ask for at least 1.");
        }

        int size = images.Side * images.Side * images.Channels;
        byte[] levels = new byte[images.Classes * perClass * size];
        byte[] labels = new byte[images.Classes * perClass];
        int[] found = new int[images.Classes];
        for (int i = 0; i < images.Count; i++)
        {
            int label = images.Labels[i];
            if (found[label] < perClass)
            {
                int target = label * perClass + found[label]++;
                labels[target] = (byte)label;
                images.Levels.AsSpan(i * size, size).CopyTo(levels.AsSpan(target * size));
            }
        }

        int scarce = Array.FindIndex(found, number => number < perClass);
        return scarce < 0
            ? images with { Levels = levels, Labels = labels }
            : throw new UserException(
                $"Cannot show {perClass} images of each class: class {scarce} has {found[scarce]} among these "
                + $"{images.Count} images. Ask for fewer of each class or load more images.");
    }

    private static SKBitmap ToBitmap(ByteImages images, int index)
    {
        int pixels = images.Side * images.Side;
        byte[] target = new byte[4 * pixels];
        ReadOnlySpan<byte> source = images.Levels.AsSpan(index * pixels * images.Channels);
        for (int i = 0; i < pixels; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                target[4 * i + channel] = source[i * images.Channels + (images.Channels == 3 ? channel : 0)];
            }

            target[4 * i + 3] = byte.MaxValue; // opaque
        }

        var bitmap = new SKBitmap(images.Side, images.Side, SKColorType.Rgba8888, SKAlphaType.Opaque);
        Marshal.Copy(target, 0, bitmap.GetPixels(), target.Length); // rows of four-byte pixels are never padded
        return bitmap;
    }

    private static void Check(ByteImages images, int columns, int scale)
    {
        if (images.Count == 0)
        {
            throw new UserException("A contact sheet needs at least one image, but the dataset is empty.");
        }

        if (columns < 1)
        {
            throw new UserException($"A contact sheet cannot have {columns} columns: ask for at least 1.");
        }

        if (scale < 1)
        {
            throw new UserException($"A contact sheet cannot be scaled by {scale}: the scale must be at least 1.");
        }

        double width = columns * ((double)images.Side * scale + 1) + 1;
        double height = Math.Ceiling((double)images.Count / columns) * ((double)images.Side * scale + 1) + 1;
        if (4 * width * height > MostBytes)
        {
            throw new UserException(
                $"A contact sheet of {width} × {height} pixels is too large. Show fewer images, or choose a smaller scale.");
        }
    }
}
