using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using CsCheck;

namespace AuxLossRnn.Data.Tests;

public sealed class Cifar10Tests : IDisposable
{
    private const int PerFile = 3;
    private const string FolderName = "cifar10/cifar-10-batches-bin";
    private const string ArchiveName = "cifar10/cifar-10-binary.tar.gz";

    private readonly TemporaryFolder _folder = new();

    private DataRoot Root => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_from_files_and_from_the_archive_in_any_order()
    {
        var cases = from labels in Gen.Byte[0, 9].Array[6 * PerFile]
                    from seed in Gen.Int
                    from order in Gen.Shuffle(new[] { 0, 1, 2, 3, 4, 5 })
                    select (labels, seed, order);

        cases.Sample(
            c =>
            {
                byte[] pixels = new byte[6 * PerFile * 3072];
                new Random(c.seed).NextBytes(pixels);
                (string Name, byte[] Content)[] files = [.. Enumerable.Range(0, 6).Select(i => (CifarBytes.Names[i], File(i, c.labels, pixels)))];
                using var plain = new TemporaryFolder();
                using var packed = new TemporaryFolder();
                foreach ((string name, byte[] content) in files)
                {
                    plain.Write($"{FolderName}/{name}", content);
                }

                packed.Write(ArchiveName, CifarBytes.Gzip(CifarBytes.Tar([
                    ("cifar-10-batches-bin/", []), ("cifar-10-batches-bin/batches.meta.txt", "cat"u8.ToArray()),
                    .. c.order.Select(i => ($"cifar-10-batches-bin/{files[i].Name}", files[i].Content))])));

                foreach (DataRoot root in new[] { new DataRoot(plain.Path), new DataRoot(packed.Path) })
                {
                    (ByteImages train, ByteImages test) = Cifar10.Read(root, PerFile);
                    Assert.Equal((5 * PerFile, 32, 3, 10), (train.Count, train.Side, train.Channels, train.Classes));
                    Assert.Equal(pixels[..(5 * PerFile * 3072)], train.Levels);
                    Assert.Equal(c.labels[..(5 * PerFile)], train.Labels);
                    Assert.Equal(pixels[(5 * PerFile * 3072)..], test.Levels);
                    Assert.Equal(c.labels[(5 * PerFile)..], test.Labels);
                }
            },
            iter: 10,
            threads: 1);
    }

    public static TheoryData<string, int, byte[], string> DamagedFiles
    {
        get
        {
            byte[] good = Good();
            byte[] badLabel = [.. good];
            badLabel[3073] = 10;
            return new TheoryData<string, int, byte[], string>
            {
                { "empty", 0, [], "expected 9,219 bytes (3 records of 3,073), found 0" },
                { "cut", 2, good[..^1], "expected 9,219 bytes (3 records of 3,073), found 9,218" },
                { "a record less", 5, good[..^3073], "found 6,146" },
                { "a byte more", 1, [.. good, 0], "expected the end of the file after 9,219 bytes (3 records), found more" },
                { "a record more", 4, [.. good, .. good[..3073]], "found more" },
                { "label", 3, badLabel, "expected a label of 0 to 9 at byte offset 3073, found 10" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(DamagedFiles))]
    public void A_damaged_file_is_named_with_what_was_expected_and_found(string name, int which, byte[] content, string what)
    {
        (string Name, byte[] Content)[] files = [.. CifarBytes.Names.Select((one, i) => (one, i == which ? content : Good()))];
        foreach ((string one, byte[] bytes) in files)
        {
            _folder.Write($"{FolderName}/{one}", bytes);
        }

        using var packed = new TemporaryFolder();
        packed.Write(ArchiveName, CifarBytes.Gzip(CifarBytes.Tar(files)));

        string plain = Assert.Throws<UserException>(() => Cifar10.Read(Root, PerFile)).Message;
        string archive = Assert.Throws<UserException>(() => Cifar10.Read(new DataRoot(packed.Path), PerFile)).Message;

        Assert.True(plain.Contains(what, StringComparison.Ordinal), $"{name}: {plain}");
        Assert.Contains(Path.Combine(FolderName, CifarBytes.Names[which]), plain);
        Assert.Contains("auxloss data fetch cifar10", plain);
        Assert.True(archive.Contains(what, StringComparison.Ordinal), $"{name}: {archive}");
        Assert.Contains($"'{CifarBytes.Names[which]}' in '", archive);
    }

    [Fact]
    public void An_archive_cut_anywhere_is_refused()
    {
        byte[] whole = CifarBytes.Gzip(CifarBytes.Tar(CifarBytes.Names.Select(name => (name, Good()))));
        foreach (int length in Enumerable.Range(0, whole.Length).Where(length => length % 97 == 0 || length > whole.Length - 40))
        {
            _folder.Write(ArchiveName, whole[..length]);
            string message = Assert.Throws<UserException>(() => Cifar10.Read(Root, PerFile)).Message;
            Assert.Contains("cifar-10-binary.tar.gz", message);
            Assert.Contains("auxloss data fetch cifar10", message);
        }
    }

    [Fact]
    public void Rubbish_instead_of_an_archive_is_refused() =>
        Gen.Byte.Array[0, 2000].Sample(
            bytes =>
            {
                foreach (byte[] content in new[] { bytes, CifarBytes.Gzip(bytes), CifarBytes.Gzip([]) })
                {
                    _folder.Write(ArchiveName, content);
                    Assert.Contains(
                        "cifar-10-binary.tar.gz", Assert.Throws<UserException>(() => Cifar10.Read(Root, PerFile)).Message);
                }
            },
            iter: 50,
            threads: 1);

    [Fact]
    public void A_changed_byte_in_an_archive_fails_its_checksum()
    {
        byte[] tar = CifarBytes.Tar(CifarBytes.Names.Select(name => (name, Good())));
        byte[] stored = CifarBytes.Gzip(tar);
        int refused = 0;
        for (int i = 200; i < stored.Length - 8; i += stored.Length / 20)
        {
            byte[] changed = [.. stored];
            changed[i] ^= 1;
            _folder.Write(ArchiveName, changed);
            refused += Record.Exception(() => Cifar10.Read(Root, PerFile)) is UserException ? 1 : 0;
        }

        Assert.InRange(refused, 20, 21);
    }

    [Fact]
    public void An_archive_without_the_files_says_which_are_missing()
    {
        _folder.Write(ArchiveName, CifarBytes.Gzip(CifarBytes.Tar([("a/data_batch_1.bin", Good()), ("a/data_batch_4.bin", Good()), ("x", [1])])));

        Assert.Contains(
            "lacks data_batch_2.bin, data_batch_3.bin, data_batch_5.bin, test_batch.bin",
            Assert.Throws<UserException>(() => Cifar10.Read(Root, PerFile)).Message);
    }

    [Fact]
    public void Missing_files_are_named_with_every_way_out()
    {
        string nothing = Assert.Throws<UserException>(() => Cifar10.Read(Root)).Message;
        _folder.Write($"{FolderName}/data_batch_1.bin", Good());
        string incomplete = Assert.Throws<UserException>(() => Cifar10.Read(Root, PerFile)).Message;

        Assert.All(
            [Path.Combine(_folder.Path, "cifar10", "cifar-10-binary.tar.gz"), "auxloss data fetch cifar10", "DataRoot", "AUXLOSSRNN_DATA"],
            part => Assert.Contains(part, nothing));
        Assert.Contains("data_batch_2.bin' is missing", incomplete);
    }

    [Fact]
    public void An_incomplete_folder_beside_an_archive_is_left_alone()
    {
        _folder.Write($"{FolderName}/data_batch_1.bin", [1, 2, 3]);
        _folder.Write(ArchiveName, CifarBytes.Gzip(CifarBytes.Tar(CifarBytes.Names.Select(name => (name, Good())))));

        Assert.Equal(5 * PerFile, Cifar10.Read(Root, PerFile).Train.Count);
    }

    [Fact]
    public void The_real_images_have_the_published_counts_labels_and_means()
    {
        (ByteImages train, ByteImages test) = Cifar10.Read(RealRoot());

        Assert.Equal((50_000, 10_000), (train.Count, test.Count));
        Assert.All(train.Labels.CountBy(label => label), kind => Assert.Equal(5_000, kind.Value));
        Assert.All(test.Labels.CountBy(label => label), kind => Assert.Equal(1_000, kind.Value));
        Assert.Equal([6, 9, 9, 4, 1], train.Labels[..5]); // frog, truck, truck, deer, automobile
        Assert.Equal([3, 8, 8, 0, 6], test.Labels[..5]);

        // The mean levels that everyone normalises by.
        double[] means = [0.4914, 0.4822, 0.4465];
        for (int channel = 0; channel < 3; channel++)
        {
            long sum = 0;
            for (int i = channel; i < train.Levels.Length; i += 3)
            {
                sum += train.Levels[i];
            }

            Assert.Equal(means[channel], sum / 255.0 / (train.Levels.Length / 3), 4);
        }
    }

    [Fact]
    public void The_real_images_are_opened_pooled_with_silence()
    {
        DatasetSplits data = DatasetCatalog.Open(
            new DatasetRequest("cifar10", Side: 16, Silence: 5, TrainLimit: 100, TestLimit: 30, ValidationFraction: 0.1), RealRoot());

        Assert.Equal((90, 10, 30), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal((261, 3, 10), (data.Train.Steps, data.Train.Features, data.Train.Classes));
    }

    private static DataRoot RealRoot()
    {
        string? folder = Environment.GetEnvironmentVariable(DataRoot.EnvironmentVariable);
        Assert.SkipUnless(
            folder is not null && Directory.Exists(Path.Combine(folder, "cifar10")),
            $"The real CIFAR-10 is not here: set {DataRoot.EnvironmentVariable} to a folder with cifar10/ in it.");
        return new DataRoot(folder!);
    }

    private static byte[] Good()
    {
        byte[] pixels = new byte[PerFile * 3072];
        new Random(7).NextBytes(pixels);
        return CifarBytes.File([1, 2, 3], pixels);
    }

    private static byte[] File(int file, byte[] labels, byte[] pixels) => CifarBytes.File(
        labels[(file * PerFile)..((file + 1) * PerFile)], pixels[(file * PerFile * 3072)..((file + 1) * PerFile * 3072)]);
}
