using AuxLossRnn.Runtime;
using CsCheck;
using SkiaSharp;

namespace AuxLossRnn.Data.Tests;

public sealed class ImageFileTests
{
    [Fact]
    public void Of_pictures_that_move_none_is_chosen()
    {
        byte[] frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
        byte[] start = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 255, 0];

        Assert.Equal([255, 0, 0], ImageFile.Decode([.. start, .. frame, 0x3b], "still.gif").Levels);
        Assert.Contains("moving.gif cannot be read: it holds 2 pictures", Assert.Throws<UserException>(() => ImageFile.Decode([.. start, .. frame, .. frame, 0x3b], "moving.gif")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lossless_image_is_decoded_as_it_was_written() =>
        (from width in Gen.Int[1, 20] from height in Gen.Int[1, 20] from seed in Gen.Int select (width, height, seed)).Sample(
            c =>
            {
                (byte[] file, byte[] levels) = ImageBytes.Random(c.width, c.height, c.seed);

                DecodedImage image = ImageFile.Decode(file, "x.png");

                Assert.Equal((c.width, c.height), (image.Width, image.Height));
                Assert.Equal(levels, image.Levels);
            },
            iter: 50);

    [Theory]
    [InlineData(SKColorType.Rgba8888)]
    [InlineData(SKColorType.Bgra8888)]
    public void Pictures_that_look_alike_are_alike_whatever_colour_is_hidden_behind_what_is_transparent(SKColorType type)
    {
        byte[][] decoded = [.. new[] { SKColors.Black, SKColors.White, SKColors.Lime, SKColors.MediumPurple }.Select(hidden =>
        {
            using var bitmap = new SKBitmap(8, 8, type, SKAlphaType.Unpremul);
            for (int i = 0; i < 64; i++)
            {
                bitmap.SetPixel(i % 8, i / 8, i % 9 == 0 ? new SKColor(255, 0, 0) : i % 9 == 1 ? new SKColor(0, 0, 255, 51) : hidden.WithAlpha(0));
            }

            using SKData file = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
            return ImageFile.Decode(file.ToArray(), "p.png").Levels;
        })];

        Assert.All(decoded, levels => Assert.Equal(decoded[0], levels));
        Assert.Equal([255, 0, 0], decoded[0][..3]);
        Assert.Equal([204, 204, 255], decoded[0][3..6]); // a fifth of blue on white
        Assert.Equal([255, 255, 255], decoded[0][6..9]);
    }

    [Fact]
    public void A_jpeg_is_decoded_to_about_its_colours()
    {
        byte[] levels = [.. Enumerable.Range(0, 40 * 30).SelectMany(i => new byte[] { 200, (byte)(6 * (i % 40)), 30 })];

        DecodedImage image = ImageFile.Decode(ImageBytes.Encode(levels, 40, 30, SKEncodedImageFormat.Jpeg), "x.jpg");

        Assert.Equal((40, 30), (image.Width, image.Height));
        Assert.InRange(image.Levels.Zip(levels, (found, expected) => Math.Abs(found - expected)).Average(), 0, 4);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    public void An_image_cut_anywhere_is_refused_by_its_name(SKEncodedImageFormat format)
    {
        (byte[] file, _) = ImageBytes.Random(32, 24, seed: 3, format);
        int end = format == SKEncodedImageFormat.Png ? 24 : 2; // checksums and marks of the end: all pixels come before them
        for (int length = 0; length < file.Length - end; length += 13)
        {
            Refused(file[..length], $"{format} cut to {length} of {file.Length}");
        }
    }

    [Fact]
    public void What_is_no_image_is_refused_by_its_name()
    {
        Assert.Contains("zero bytes", Refused([], "empty"));
        Assert.Contains("no known format", Refused("<html>404</html>"u8.ToArray(), "html"));
        Gen.Byte.Array[0, 300].Sample(bytes => { Refused(bytes, "random"); }, iter: 100);
    }

    [Fact]
    public void An_enormous_image_is_refused_before_its_pixels_have_memory()
    {
        byte[] bomb = ImageBytes.Random(2, 2, seed: 1, SKEncodedImageFormat.Png).File;
        new byte[] { 0, 0, 0x60, 0, 0, 0, 0x60, 0 }.CopyTo(bomb, 16); // width and height of 24,576
        Checksum(bomb);

        Assert.Contains("24576×24576", Refused(bomb, "bomb"));
    }

    [Fact]
    public void A_square_of_an_area_agrees_with_counting_the_cells_of_a_common_grid()
    {
        var cases = from width in Gen.Int[1, 9]
                    from height in Gen.Int[1, 9]
                    from left in Gen.Int[0, width - 1]
                    from right in Gen.Int[left + 1, width]
                    from top in Gen.Int[0, height - 1]
                    from bottom in Gen.Int[top + 1, height]
                    from side in Gen.Int[1, 12]
                    from mirrored in Gen.Bool
                    from levels in Gen.Byte.Array[width * height * 3]
                    select (image: new DecodedImage(levels, width, height), left, top, wide: right - left, high: bottom - top, side, mirrored);

        cases.Sample(
            c =>
            {
                byte[] square = new byte[c.side * c.side * 3];
                c.image.Square(new ImageArea(c.left, c.top, c.wide, c.high), c.side, c.mirrored, square);
                for (int i = 0; i < square.Length; i++)
                {
                    (int channel, int x, int y) = (i % 3, i / 3 % c.side, i / 3 / c.side);
                    int column = c.mirrored ? c.side - 1 - x : x;
                    long sum = 0;
                    for (int v = y * c.high; v < (y + 1) * c.high; v++)
                    {
                        for (int u = column * c.wide; u < (column + 1) * c.wide; u++)
                        {
                            sum += c.image.Levels[((c.top + v / c.side) * c.image.Width + c.left + u / c.side) * 3 + channel];
                        }
                    }

                    Assert.InRange(square[i] - (double)sum / (c.wide * c.high), -0.5 - 1e-9, 0.5 + 1e-9);
                }
            },
            iter: 500);
    }

    [Fact]
    public void A_stretch_divided_anywhere_has_shares_that_add_up_and_stay_inside() =>
        (from pixels in Gen.Int[1, 60]
         from start in Gen.Double[0, 1]
         from length in Gen.Double[0.01, 1]
         from parts in Gen.Int[1, 130]
         select (pixels, start: start * pixels, length: length * (1 - start) * pixels, parts)).Where(c => c.length > 1e-3).Sample(
            c => Assert.All(PixelArea.Divide(c.start, c.length, c.pixels, c.parts), area =>
            {
                Assert.InRange(area.Shares.Sum(), 1 - 1e-6, 1 + 1e-6);
                Assert.True(area.First >= 0 && area.First + area.Shares.Length <= c.pixels);
            }),
            iter: 500);

    private static string Refused(byte[] bytes, string how)
    {
        Exception? problem = Record.Exception(() => ImageFile.Decode(bytes, "'dogs/rex.jpg'"));
        Assert.True(problem is UserException && problem.Message.Contains("'dogs/rex.jpg'", StringComparison.Ordinal), $"{how}: {problem?.Message ?? "read"}");
        return problem!.Message;
    }

    /// <summary>Makes the checksum of a PNG's first chunk right again.</summary>
    private static void Checksum(byte[] png)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in png.AsSpan(12, 17))
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320);
            }
        }

        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), ~crc);
    }
}
