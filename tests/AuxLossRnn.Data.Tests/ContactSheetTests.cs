using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using SkiaSharp;

namespace AuxLossRnn.Data.Tests;

public sealed class ContactSheetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 2)]
    public void A_sheet_shows_every_pixel_in_its_place(int channels, int scale)
    {
        // Five images of 3×3 in rows of two: the sixth place stays empty.
        byte[] levels = [.. Enumerable.Range(0, 5 * 9 * channels).Select(i => (byte)(37 * i + 11))];
        var images = new ByteImages(levels, [0, 1, 0, 1, 0], Side: 3, channels, Classes: 2);

        using SKBitmap sheet = Write(images, columns: 2, scale);

        int cell = 3 * scale + 1;
        Assert.Equal((2 * cell + 1, 3 * cell + 1), (sheet.Width, sheet.Height));
        SKColor separator = sheet.GetPixel(0, 0);
        for (int y = 0; y < sheet.Height; y++)
        {
            for (int x = 0; x < sheet.Width; x++)
            {
                int index = y / cell * 2 + x / cell;
                bool between = x % cell == 0 || y % cell == 0 || index == 5;
                int pixel = (index * 3 + (y % cell - 1) / scale) * 3 + (x % cell - 1) / scale;
                Assert.Equal(between ? separator : Colour(images, pixel), sheet.GetPixel(x, y));
            }
        }
    }

    [Fact]
    public void A_sheet_replaces_the_file_and_leaves_no_other()
    {
        string path = _folder["sheet.png"];
        File.WriteAllText(path, "old");
        ContactSheet.WritePng(StrokeDigits.Draw(4, 8, seed: 1), 4, path);

        Assert.Equal([path], Directory.GetFiles(_folder.Path));
        using SKBitmap sheet = SKBitmap.Decode(path);
        Assert.Equal((4 * 17 + 1, 18), (sheet.Width, sheet.Height));
    }

    [Fact]
    public void Images_are_put_in_rows_by_class()
    {
        var images = new ByteImages([10, 11, 12, 13, 14, 15], [2, 0, 1, 2, 1, 0], Side: 1, Channels: 1, Classes: 3);

        Assert.Equal([11, 15, 12, 14, 10, 13], ContactSheet.ByClass(images, 2).Levels);
        Assert.Equal([0, 1, 2], ContactSheet.ByClass(images, 1).Labels);
        UserException scarce = Assert.Throws<UserException>(() => ContactSheet.ByClass(images, 3));
        Assert.Contains("class 0 has 2 among these 6 images", scarce.Message, StringComparison.Ordinal);
        Assert.Throws<UserException>(() => ContactSheet.ByClass(images, 0));
    }

    [Fact]
    public void What_cannot_be_shown_is_explained()
    {
        ByteImages images = StrokeDigits.Draw(2, 4, seed: 1);
        string path = _folder["none.png"];

        void Refuses(Action write, string part) =>
            Assert.Contains(part, Assert.Throws<UserException>(write).Message, StringComparison.Ordinal);
        Refuses(() => ContactSheet.WritePng(images, 0, path), "0 columns");
        Refuses(() => ContactSheet.WritePng(images, 1, path, scale: 0), "scaled by 0");
        Refuses(() => ContactSheet.WritePng(images with { Levels = [], Labels = [] }, 1, path), "at least one image");
        Refuses(() => ContactSheet.WritePng(images, 1, path, scale: 1_000_000), "smaller scale");
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void The_committed_sheet_shows_the_digits_as_they_are_drawn()
    {
        ByteImages images = ContactSheet.ByClass(StrokeDigits.Draw(400, 28, seed: 1), perClass: 16);
        string fresh = Path.Combine(AppContext.BaseDirectory, "stroke-digits.png");
        ContactSheet.WritePng(images, columns: 16, fresh);

        string committed = Path.Combine(Checkout.Folder, "data", "stroke-digits.png");
        using SKBitmap expected = SKBitmap.Decode(fresh);
        using SKBitmap? found = SKBitmap.Decode(committed);
        Assert.True(
            found is not null && expected.Pixels.SequenceEqual(found.Pixels),
            $"{committed} is missing or out of date. Look at {fresh} and, if it is good, copy it there.");
    }

    public void Dispose() => _folder.Dispose();

    private static SKColor Colour(ByteImages images, int pixel)
    {
        ReadOnlySpan<byte> levels = images.Levels.AsSpan(pixel * images.Channels, images.Channels);
        return new SKColor(levels[0], levels[images.Channels / 2], levels[^1]);
    }

    private SKBitmap Write(ByteImages images, int columns, int scale)
    {
        string path = _folder["sheet.png"];
        ContactSheet.WritePng(images, columns, path, scale);
        return SKBitmap.Decode(path);
    }
}
