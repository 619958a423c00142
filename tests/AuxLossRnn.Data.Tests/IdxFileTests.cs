using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using CsCheck;

namespace AuxLossRnn.Data.Tests;

public sealed class IdxFileTests : IDisposable
{
    private static readonly byte[] GoodImages = IdxBytes.Images(2, 2, 2, [0, 1, 2, 3, 252, 253, 254, 255]);
    private static readonly byte[] GoodLabels = IdxBytes.Labels(9, 0);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_gzipped_or_plain_under_any_name()
    {
        var files = from side in Gen.Int[1, 9]
                    from count in Gen.Int[1, 20]
                    from levels in Gen.Byte.Array[count * side * side]
                    from labels in Gen.Byte[0, 9].Array[count]
                    from zipImages in Gen.Bool
                    from zipLabels in Gen.Bool
                    select (side, count, levels, labels, zipImages, zipLabels);

        files.Sample(
            file =>
            {
                byte[] images = IdxBytes.Images(file.count, file.side, file.side, file.levels);
                byte[] labels = IdxBytes.Labels(file.labels);

                ByteImages read = Read(
                    file.zipImages ? IdxBytes.Gzip(images) : images, file.zipLabels ? IdxBytes.Gzip(labels) : labels);

                Assert.Equal(file.levels, read.Levels);
                Assert.Equal(file.labels, read.Labels);
                Assert.Equal((file.side, file.count, 1, 10), (read.Side, read.Count, read.Channels, read.Classes));
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void A_body_larger_than_the_first_allocation_is_read_whole()
    {
        byte[] levels = new byte[3 * 1000 * 1000];
        new Random(1).NextBytes(levels);

        Assert.Equal(levels, Read(IdxBytes.Gzip(IdxBytes.Images(3, 1000, 1000, levels)), IdxBytes.Labels(1, 2, 3)).Levels);
    }

    public static TheoryData<string, byte[], byte[], string, string> Damaged => new()
    {
        { "empty", [], GoodLabels, "offset 0:", "expected four bytes with the magic number, found the end of the file after 0" },
        { "labels as images", GoodLabels, GoodLabels, "offset 0:", "expected the magic number 0x00000803" },
        { "images as labels", GoodImages, GoodImages, "offset 0:", "found 0x00000803" },
        { "short header", GoodImages[..14], GoodLabels, "offset 12:", "number of columns, found the end of the file after 2" },
        { "short label header", GoodImages, GoodLabels[..7], "offset 4:", "number of labels, found the end of the file after 3" },
        { "no images", IdxBytes.Images(0, 2, 2, []), IdxBytes.Labels(), "offset 4:", "at least one image" },
        { "not square", IdxBytes.Images(2, 4, 1, new byte[8]), GoodLabels, "offset 8:", "4 rows and 1 columns" },
        { "no pixels", IdxBytes.Images(2, 0, 0, []), GoodLabels, "offset 8:", "0 rows and 0 columns" },
        { "too many", IdxBytes.Images(-1, 28, 28, new byte[8]), GoodLabels, "offset 4:", "found 4294967295 images of 28×28" },
        { "enormous", IdxBytes.Images(-1, -1, -1, new byte[8]), GoodLabels, "offset 4:", "4294967295×4294967295" },
        { "large claim", IdxBytes.Images(2_000_000, 28, 28, new byte[8]), GoodLabels, "offset 24:", "expected 1568000000 bytes" },
        { "short body", GoodImages[..^1], GoodLabels, "offset 23:", "expected 8 bytes after the header, found the end of the file after 7" },
        { "long body", [.. GoodImages, 0], GoodLabels, "offset 24:", "expected the end of the file after 8 bytes of content, found more" },
        { "short labels", GoodImages, GoodLabels[..^1], "offset 9:", "found the end of the file after 1" },
        { "long labels", GoodImages, [.. GoodLabels, 1], "offset 10:", "found more bytes" },
        { "label out of range", GoodImages, IdxBytes.Labels(9, 10), "offset 9:", "expected a label of 0 to 9, found 10" },
        { "fewer labels", GoodImages, IdxBytes.Labels(1), "offset 4:", "expected 2 labels" },
        { "more labels", GoodImages, IdxBytes.Labels(1, 2, 3), "offset 4:", "found 3" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_file_is_refused_with_place_expected_and_found(
        string name, byte[] images, byte[] labels, string place, string what)
    {
        UserException plain = Assert.Throws<UserException>(() => Read(images, labels));
        UserException zipped = Assert.Throws<UserException>(() => Read(IdxBytes.Gzip(images), IdxBytes.Gzip(labels)));

        Assert.True(plain.Message.Contains(place) && plain.Message.Contains(what), $"{name}: {plain.Message}");
        Assert.Contains(what, zipped.Message);
        Assert.Contains(place.TrimEnd(':') + (images.Length == 0 ? "" : " of its decompressed content"), zipped.Message);
        Assert.Contains(_folder.Path, plain.Message);
    }

    [Fact]
    public void Each_error_names_the_file_that_is_wrong()
    {
        Assert.Contains("images.idx", Assert.Throws<UserException>(() => Read(GoodLabels, GoodLabels)).Message);
        Assert.Contains("labels.idx", Assert.Throws<UserException>(() => Read(GoodImages, GoodImages)).Message);
    }

    [Fact]
    public void Gzip_data_cut_anywhere_is_refused()
    {
        byte[] whole = IdxBytes.Gzip(GoodImages);
        for (int length = 0; length < whole.Length; length++)
        {
            AssertRefused(whole[..length], $"cut to {length} of {whole.Length} bytes");
        }
    }

    [Fact]
    public void Gzip_data_may_be_of_several_members() =>
        Assert.Equal(GoodImages[16..], Read([.. IdxBytes.Gzip(GoodImages[..20]), .. IdxBytes.Gzip(GoodImages[20..])], GoodLabels).Levels);

    [Fact]
    public void Rubbish_after_gzip_data_is_refused() => AssertRefused([.. IdxBytes.Gzip(GoodImages), 1, 2, 3, 4, 5], "rubbish after it");

    [Fact]
    public void Gzip_data_with_any_bit_flipped_is_refused_or_reads_the_same()
    {
        byte[] whole = IdxBytes.Gzip(GoodImages);
        int harmless = 0;
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Equal(GoodImages[16..], Read(flipped, GoodLabels).Levels);
                harmless++;
            }
            catch (UserException)
            {
            }
        }

        // Time, system and hints in the header (8 bytes) and at most 7 bits of padding say nothing about the content.
        Assert.InRange(harmless, 1, 8 * 8 + 7);
    }

    [Fact]
    public void Random_bytes_are_refused_and_nothing_else_happens() =>
        Gen.Byte.Array[0, 60].Sample(
            bytes =>
            {
                AssertRefused(bytes, "random");
                AssertRefused([0x1f, 0x8b, .. bytes], "random after the magic bytes of gzip");
                AssertRefused([0, 0, 8, 3, .. bytes], "random after the magic number");
            },
            iter: 200,
            threads: 1);

    [Fact]
    public void A_missing_file_is_named()
    {
        string missing = Path.Combine(_folder.Path, "nowhere", "images");

        Assert.Contains(missing, Assert.Throws<UserException>(() => IdxFile.Read(missing, missing)).Message);
    }

    private void AssertRefused(byte[] images, string how)
    {
        string labels = _folder.Write("labels.idx", GoodLabels);
        string path = _folder.Write("images.idx", images);
        UserException refused = Assert.Throws<UserException>(() => IdxFile.Read(path, labels));
        Assert.True(refused.Message.Contains(path) && refused.Message.Contains("byte offset"), $"{how}: {refused.Message}");
    }

    private ByteImages Read(byte[] images, byte[] labels) =>
        IdxFile.Read(_folder.Write("images.idx", images), _folder.Write("labels.idx", labels));
}
