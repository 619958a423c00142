using System.Text;
using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data.Tests;

public sealed class StanfordDogsTests : IDisposable
{
    private const int Width = 16;
    private const int Height = 8;
    private const string TrainList = "b-Beagle/1.jpg\nb-Beagle/2.jpg\n\na-Akita/1.jpg \nc-Chow/1.jpg\na-Akita/3.jpg\n";
    private const string TestList = "c-Chow/2.jpg\r\na-Akita/2.jpg\r\n";

    private static readonly string[] All =
        ["b-Beagle/1.jpg", "b-Beagle/2.jpg", "a-Akita/1.jpg", "c-Chow/1.jpg", "a-Akita/3.jpg", "c-Chow/2.jpg", "a-Akita/2.jpg"];

    private static readonly PreparationOptions Options = new(Side: 4);

    private readonly TemporaryFolder _folder = new();

    private DataRoot Root => new(_folder.Path);

    private string Prepared => Path.Combine(_folder.Path, "prepared");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Classes_are_the_sorted_folders_of_both_lists()
    {
        WriteFolder();

        ImageList train = StanfordDogs.List(Root, "train");
        ImageList test = StanfordDogs.List(Root, "test");

        Assert.Equal(["a-Akita", "b-Beagle", "c-Chow"], train.Classes);
        Assert.Equal(train.Classes, test.Classes);
        Assert.Equal([1, 1, 0, 2, 0], train.Images.Select(image => image.Label));
        Assert.Equal([2, 0], test.Images.Select(image => image.Label));
        Assert.Equal(["c-Chow/2.jpg", "a-Akita/2.jpg"], test.Images.Select(image => image.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_image_is_there_once_with_its_label_and_pixels(bool archive)
    {
        WriteLists();
        if (archive)
        {
            _folder.Write("stanford-dogs/images.tar", CifarBytes.Tar([
                ("Images/", []), .. All.Reverse().Select(name => ("Images/" + name, ImageOf(name).File)), ("Images/other.jpg", [1])]));
        }
        else
        {
            WriteFolder();
        }

        PreparedImages train = Open("train");

        Assert.Equal((5, 16, 3, 3), (train.Count, train.Steps, train.Features, train.Classes));
        using SequenceBatch batch = train.Batch([4, 0, 2, 1, 3]);
        Assert.Equal([16, 5, 3], batch.Tokens.shape);
        Assert.Equal([16, 16, 16, 16, 16], batch.Lengths.data<long>().ToArray());
        byte[] tokens = batch.Tokens.data<byte>().ToArray();
        Assert.Equal(tokens.Select(token => token / 255f), batch.Inputs.data<float>().ToArray());
        var rows = Enumerable.Range(0, 5).Select(b => (
            Label: (int)batch.Labels[b].item<long>(),
            Row: Convert.ToHexString([.. Enumerable.Range(0, 48).Select(i => tokens[i / 3 * 15 + b * 3 + i % 3])])));
        var expected = All[..5].Select(name => (Label: name[0] - 'a', Row: Convert.ToHexString(Square(ImageOf(name).Levels, 0, 0, Width, Height))));
        Assert.Equal(expected.Order(), rows.Order());
        Assert.Equal(batch.Labels.data<long>().ToArray(), new[] { 4, 0, 2, 1, 3 }.Select(i => (long)train.Label(i)));
        Assert.Equal(train.Images([2]).Levels, Convert.FromHexString(rows.ElementAt(2).Row));
    }

    [Fact]
    public void The_distributors_archives_alone_are_enough()
    {
        WriteFolder();
        WriteBoxes(xmax: 10);
        PreparedImages unpacked = Open("train", boundingBox: true);
        byte[] List(string text) => MatlabBytes.File(
            compressed: true, ("labels", MatlabBytes.Numbers("labels", [1])),
            ("file_list", MatlabBytes.Cells("file_list", text.Split((char[])['\r', '\n', ' '], StringSplitOptions.RemoveEmptyEntries), encoding: 4)));
        using var packed = new TemporaryFolder();
        packed.Write("stanford-dogs/lists.tar", CifarBytes.Tar(("train_list.mat", List(TrainList)), ("test_list.mat", List(TestList))));
        packed.Write("stanford-dogs/images.tar", CifarBytes.Tar(All.Select(name => ("Images/" + name, ImageOf(name).File))));
        packed.Write("stanford-dogs/annotation.tar", CifarBytes.Tar(All.Select(
            name => ("Annotation/" + Path.ChangeExtension(name, null), Encoding.UTF8.GetBytes(Box("2", 10))))));

        PreparedImages archived = ImagePreparation.Open(
            StanfordDogs.List(new DataRoot(packed.Path), "train", boundingBox: true), Options, [Path.Combine(packed.Path, "prepared")]);

        Assert.Equal(unpacked.Images(Indices(unpacked)).Levels, archived.Images(Indices(archived)).Levels);
        Assert.Equal(unpacked.Manifest.Key, archived.Manifest.Key);
        packed.Write("stanford-dogs/lists.tar", CifarBytes.Tar(("other.mat", [1])));
        Assert.Contains("has no 'train_list.mat'", Assert.Throws<UserException>(() => StanfordDogs.List(new DataRoot(packed.Path), "train")).Message);
    }

    [Fact]
    public void Silence_comes_after_the_last_pixel()
    {
        WriteFolder();
        PreparedImages train = Open("train");

        using SequenceBatch batch = train.WithSilence(2).Batch([1, 0]);
        using SequenceBatch plain = train.Batch([1, 0]);

        Assert.Equal([18, 2, 3], batch.Tokens.shape);
        byte[] tokens = batch.Tokens.data<byte>().ToArray();
        Assert.Equal(plain.Tokens.data<byte>().ToArray(), tokens[..96]);
        Assert.All(tokens[96..], token => Assert.Equal(0, token));
        Assert.Contains("Silence", Assert.Throws<UserException>(() => train.WithSilence(-1)).Message);
    }

    [Fact]
    public void A_bounding_box_shows_only_what_lies_in_it()
    {
        WriteFolder();
        WriteBoxes(xmax: 10);

        PreparedImages train = Open("train", boundingBox: true);

        byte[] all = train.Images(Indices(train)).Levels;
        var rows = Enumerable.Range(0, 5).Select(i => Convert.ToHexString(all.AsSpan(i * 48, 48)));
        Assert.Equal(
            All[..5].Select(name => Convert.ToHexString(Square(ImageOf(name).Levels, 2, 1, 8, 4))).Order(), rows.Order());
        Assert.True(train.Manifest.Cropped);
        Assert.NotEqual(train.Folder, Open("train").Folder);
    }

    [Fact]
    public void Boxes_that_are_missing_malformed_or_outside_are_named()
    {
        WriteFolder();
        void Refuses(string part)
        {
            string message = Assert.Throws<UserException>(() => Open("train", boundingBox: true)).Message;
            Assert.True(message.Contains(part, StringComparison.Ordinal), message);
            Assert.Empty(Leftovers());
        }

        Refuses("annotation.tar");
        WriteBoxes(xmax: 9);
        File.Delete(Path.Combine(_folder.Path, "stanford-dogs/Annotation/c-Chow/1"));
        Refuses("1 of 5 photographs have no bounding box");
        foreach ((string xml, string part) in new[]
        {
            ("", "malformed"), ("<a/>", "malformed: it has no <bndbox>."), ("<a><bndbox><xmin>1</xmin></bndbox></a>", "malformed: <ymin> is missing."),
            ("<a><bndbox><ymin>1</ymin></bndbox></a>", "malformed: <xmin> is missing."), (Box("x", 9), "malformed: <xmin> is 'x'."), (Box("NaN", 9), "<xmin> is 'NaN'."),
            (Box("9", 9), "is empty"), (Box("500", 900), "no pixel in common"),
        })
        {
            _folder.Write("stanford-dogs/Annotation/c-Chow/1", Encoding.UTF8.GetBytes(xml));
            Refuses(part);
            Refuses("c-Chow/1");
        }
    }

    [Fact]
    public void Enlarged_sets_have_the_plain_images_first_and_then_their_variants()
    {
        WriteFolder();
        PreparedImages plain = Open("train");

        PreparedImages enlarged = Open("train", options: Options with { Variants = 3 });
        PreparedImages otherSeed = Open("train", options: Options with { Variants = 3, Seed = 1 });

        Assert.Equal((15, 5, 3), (enlarged.Count, enlarged.Manifest.Files, enlarged.Manifest.Options.Variants));
        byte[] all = enlarged.Images(Indices(enlarged)).Levels;
        Assert.Equal(plain.Images(Indices(plain)).Levels, all[..(5 * 48)]);
        Assert.Equal(15, all.Chunk(48).Select(Convert.ToHexString).Distinct().Count());
        Assert.All(Enumerable.Range(0, 15), i => Assert.Equal(plain.Label(i % 5), enlarged.Label(i)));
        Assert.NotEqual(all, otherSeed.Images(Indices(otherSeed)).Levels);
    }

    [Fact]
    public void Held_out_photographs_are_held_out_with_their_variants()
    {
        WriteFolder();
        var request = new DatasetRequest(StanfordDogs.Name, Side: 4, ValidationFraction: 0.4, Variants: 3);

        DatasetSplits data = DatasetCatalog.Open(request, Root);
        DatasetSplits few = DatasetCatalog.Open(request with { TrainLimit = 2, TestLimit = 1, ValidationFraction = 0.5 }, Root);

        Assert.Equal((9, 2, 2), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal((1, 1, 1), (few.Train.Count, few.Validation.Count, few.Test.Count));
        using SequenceBatch train = data.Train.Batch([.. Enumerable.Range(0, 9)]);
        using SequenceBatch validation = data.Validation.Batch([0, 1]);
        string[] plain = [.. PlainRows(train).Take(3), .. PlainRows(validation)];
        Assert.Equal(5, plain.Distinct().Count());
    }

    [Fact]
    public void What_was_prepared_is_found_again_and_made_anew_when_something_changes()
    {
        WriteFolder();
        var seen = new ProgressList<PreparationProgress>();
        PreparedImages first = Open("train", progress: seen);
        Assert.Equal(new PreparationProgress(first.Folder, 5, 5), seen.Reports[^1]);
        int reports = seen.Reports.Count;

        Assert.Equal(first.Folder, Open("train", progress: seen).Folder);
        Assert.Equal(reports, seen.Reports.Count);

        Assert.NotEqual(first.Folder, Open("train", options: Options with { Side = 5 }).Folder);
        _folder.Write("stanford-dogs/Images/a-Akita/1.jpg", ImageBytes.Random(Width + 1, Height, 99).File);
        Assert.NotEqual(first.Folder, Open("train").Folder);
        _folder.Write("stanford-dogs/train_list.txt", "b-Beagle/1.jpg\nc-Chow/1.jpg"u8.ToArray());
        Assert.Equal(2, Open("train").Count);
    }

    [Theory]
    [InlineData("images.u8")]
    [InlineData("labels.u8")]
    [InlineData("manifest.json")]
    public void Damaged_prepared_images_are_made_anew(string file)
    {
        WriteFolder();
        PreparedImages first = Open("train");
        byte[] levels = first.Images(Indices(first)).Levels;
        string path = Path.Combine(first.Folder, file);
        foreach (byte[]? damage in new[] { File.ReadAllBytes(path)[..^2], [], "{}"u8.ToArray(), null })
        {
            if (damage is null)
            {
                File.Delete(path);
            }
            else
            {
                File.WriteAllBytes(path, damage);
            }

            PreparedImages again = Open("train");
            Assert.Equal(levels, again.Images(Indices(again)).Levels);
            Assert.Equal(first.Folder, again.Folder);
        }
    }

    [Fact]
    public void What_a_killed_process_left_is_cleared_away()
    {
        WriteFolder();
        string folder = Open("train").Folder;
        Directory.Move(folder, folder + ".12345.tmp");

        Open("train");

        Assert.False(Directory.Exists(folder + ".12345.tmp"));
        Assert.Equal([folder], Directory.GetDirectories(Prepared));
    }

    [Fact]
    public void Several_at_once_make_the_images_once()
    {
        WriteFolder();
        var seen = new ProgressList<PreparationProgress>[4];
        var opened = new PreparedImages[4];

        Parallel.For(0, 4, i => opened[i] = Open("train", progress: seen[i] = new ProgressList<PreparationProgress>()));

        Assert.Single(seen, one => one.Reports.Count > 0);
        Assert.Single(opened.Select(one => one.Folder).Distinct());
        Assert.Equal(3, Directory.GetFiles(opened[0].Folder).Length);
    }

    [Fact]
    public void A_stopped_preparation_leaves_nothing()
    {
        WriteFolder();
        using var stop = new CancellationTokenSource();
        var begun = new ProgressList<PreparationProgress>(_ =>
        {
            Assert.NotEmpty(Leftovers());
            stop.Cancel();
        });

        Assert.Throws<OperationCanceledException>(() => Open("train", progress: begun, cancel: stop.Token));

        Assert.Single(begun.Reports);
        Assert.Empty(Leftovers());
    }

    public static TheoryData<string, byte[], string> BadImages => new()
    {
        { "empty", [], "zero bytes" },
        { "text", "not an image"u8.ToArray(), "no known format" },
        { "cut", ImageBytes.Random(30, 30, 1, SkiaSharp.SKEncodedImageFormat.Jpeg).File[..700], "cannot be read" },
    };

    [Theory]
    [MemberData(nameof(BadImages))]
    public void A_bad_image_is_named_and_leaves_no_half_written_cache(string name, byte[] content, string part)
    {
        WriteFolder();
        string path = _folder.Write("stanford-dogs/Images/c-Chow/1.jpg", content);

        string message = Assert.Throws<UserException>(() => Open("train")).Message;

        Assert.True(message.Contains("'c-Chow/1.jpg'", StringComparison.Ordinal) && message.Contains(part, StringComparison.Ordinal), $"{name}: {message}");
        Assert.Contains(Path.Combine(_folder.Path, "stanford-dogs", "Images"), message);
        Assert.Empty(Leftovers());
        File.WriteAllBytes(path, ImageOf("c-Chow/1.jpg").File);
        Assert.Equal(5, Open("train").Count);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a/1.jpg\nb.jpg", "line 2: expected BREED/NAME.jpg, found 'b.jpg'")]
    [InlineData("a/../1.jpg", "line 1")]
    [InlineData("../1.jpg", "line 1")]
    [InlineData("a/1.jpg\n\na/1.jpg", "line 3: 'a/1.jpg' is there twice")]
    [InlineData("a-Akita/1.jpg\nd-Dalmatian/7.jpg", "1 of the 2 photographs listed for train are not in")]
    public void A_bad_list_is_refused(string list, string part)
    {
        WriteFolder();
        _folder.Write("stanford-dogs/train_list.txt", Encoding.UTF8.GetBytes(list));

        string message = Assert.Throws<UserException>(() => Open("train")).Message;

        Assert.True(message.Contains(part, StringComparison.Ordinal), message);
        Assert.Empty(Leftovers());
    }

    [Fact]
    public void A_photograph_to_train_on_and_to_test_on_is_refused()
    {
        WriteFolder();
        _folder.Write("stanford-dogs/test_list.txt", Encoding.UTF8.GetBytes(TestList.TrimEnd() + "\n" + TrainList.Split('\n')[0] + "\n"));

        Assert.Contains($"'{TrainList.Split('\n')[0]}' of Stanford Dogs is listed for training and for testing", Assert.Throws<UserException>(() => Open("train")).Message);
    }

    [Fact]
    public void An_archive_cut_anywhere_is_refused_without_a_cache()
    {
        WriteLists();
        byte[] tar = CifarBytes.Tar(All.Select(name => ("Images/" + name, ImageOf(name).File)));
        int end = 1024; // two empty blocks end an archive
        for (int length = 0; length < tar.Length - end - 512 - 2 * 512; length += 199)
        {
            string path = _folder.Write("stanford-dogs/images.tar", tar[..length]);
            string message = Assert.Throws<UserException>(() => Open("train")).Message;
            Assert.Contains(path, message);
            Assert.Empty(Leftovers());
        }
    }

    [Fact]
    public void What_is_missing_is_named_with_the_ways_out()
    {
        string lists = Assert.Throws<UserException>(() => Open("train")).Message;
        WriteLists();
        string photographs = Assert.Throws<UserException>(() => Open("train")).Message;
        string side = Assert.Throws<UserException>(() => DatasetCatalog.Open(new DatasetRequest(StanfordDogs.Name), Root)).Message;
        string others = Assert.Throws<UserException>(() => DatasetCatalog.Open(new DatasetRequest("mnist", Variants: 2), Root)).Message;

        Assert.All(["train_list.txt", "lists.tar", "auxloss data fetch stanford-dogs"], part => Assert.Contains(part, lists));
        Assert.All(["images.tar", "auxloss data fetch stanford-dogs", "DataRoot", "AUXLOSSRNN_DATA"], part => Assert.Contains(part, photographs));
        Assert.Contains("40, 48, 56, 72, 80, 96, 112, 128", side);
        Assert.Contains("Variants", others);
    }

    [Fact]
    public void A_data_root_that_may_not_be_written_to_stays_as_it_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Folders have no write permission of this kind on Windows.");
        WriteFolder();
        string dogs = Path.Combine(_folder.Path, "stanford-dogs");
        string cache = Path.Combine(_folder.Path, "cache", "prepared");
        ImageList list = StanfordDogs.List(Root, "train");
#pragma warning disable CA1416 // Not on Windows, as said.
        File.SetUnixFileMode(dogs, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            PreparedImages made = ImagePreparation.Open(list, Options, [Path.Combine(dogs, "prepared"), cache]);

            Assert.StartsWith(cache, made.Folder);
            Assert.Contains(
                "cannot be kept anywhere",
                Assert.Throws<UserException>(() => ImagePreparation.Open(list, Options, [Path.Combine(dogs, "prepared")])).Message);
        }
        finally
        {
            File.SetUnixFileMode(dogs, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
#pragma warning restore CA1416

        Assert.False(Directory.Exists(Path.Combine(dogs, "prepared")));
    }

    [Fact]
    public void The_manifest_beside_the_images_says_what_was_made()
    {
        WriteFolder();
        PreparedImages train = Open("train", options: Options with { Variants = 2 });

        PreparedManifest manifest = JsonSerializer.Deserialize<PreparedManifest>(
            File.ReadAllText(Path.Combine(train.Folder, "manifest.json")), KitJson.Indented)!;

        Assert.Equal(("stanford-dogs", "train", 5, 10, false), (manifest.Dataset, manifest.Split, manifest.Files, manifest.Count, manifest.Cropped));
        Assert.Equal(new PreparationOptions(4, 2), manifest.Options);
        Assert.Equal(["a-Akita", "b-Beagle", "c-Chow"], manifest.Classes);
        Assert.Equal(10 * 48, new FileInfo(Path.Combine(train.Folder, "images.u8")).Length);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void The_real_photographs_have_120_classes_and_the_same_number_of_each()
    {
        string? folder = Environment.GetEnvironmentVariable(DataRoot.EnvironmentVariable);
        Assert.SkipUnless(
            folder is not null && Directory.Exists(Path.Combine(folder, StanfordDogs.Name)),
            $"The real Stanford Dogs are not here: set {DataRoot.EnvironmentVariable} to a folder with {StanfordDogs.Name}/ in it.");

        foreach (string split in new[] { "train", "test" })
        {
            PreparedImages dogs = ImagePreparation.Open(StanfordDogs.List(new DataRoot(folder!), split), new PreparationOptions(40), [Prepared]);
            Assert.Equal((120, 1600), (dogs.Classes, dogs.Steps));
            Assert.Single(Enumerable.Range(0, dogs.Count).CountBy(dogs.Label).Select(kind => kind.Value).Distinct());
            Assert.InRange(dogs.Images(Indices(dogs)).Levels.Average(level => (double)level), 90, 140);
        }
    }

    private static string Box(string xmin, int xmax) =>
        $"<annotation><object><name>x</name><bndbox><xmin>{xmin}</xmin><ymin>1</ymin><xmax>{xmax}</xmax><ymax>5</ymax></bndbox></object></annotation>";

    private static int[] Indices(PreparedImages images) => [.. Enumerable.Range(0, images.Count)];

    private static IEnumerable<string> PlainRows(SequenceBatch batch)
    {
        byte[] tokens = batch.Tokens.data<byte>().ToArray();
        return Enumerable.Range(0, batch.Size).Select(b => Convert.ToHexString(
            [.. Enumerable.Range(0, 48).Select(i => tokens[(i / 3 * batch.Size + b) * 3 + i % 3])]));
    }

    private static (byte[] File, byte[] Levels) ImageOf(string name) => ImageBytes.Random(Width, Height, Array.IndexOf(All, name));

    /// <summary>The mean over what each of 4×4 pixels covers, in whole numbers; sides are powers of two, so that ties are exact.</summary>
    private static byte[] Square(byte[] levels, int left, int top, int width, int height)
    {
        byte[] square = new byte[48];
        for (int i = 0; i < square.Length; i++)
        {
            long sum = 0;
            for (int v = i / 12 * height; v < (i / 12 + 1) * height; v++)
            {
                for (int u = i / 3 % 4 * width; u < (i / 3 % 4 + 1) * width; u++)
                {
                    sum += levels[((top + v / 4) * Width + left + u / 4) * 3 + i % 3];
                }
            }

            square[i] = (byte)Math.Round((double)sum / (width * height));
        }

        return square;
    }

    private void WriteLists()
    {
        _folder.Write("stanford-dogs/train_list.txt", Encoding.UTF8.GetBytes(TrainList));
        _folder.Write("stanford-dogs/test_list.txt", Encoding.UTF8.GetBytes(TestList));
    }

    private void WriteFolder()
    {
        WriteLists();
        foreach (string name in All)
        {
            _folder.Write("stanford-dogs/Images/" + name, ImageOf(name).File);
        }
    }

    private void WriteBoxes(int xmax)
    {
        foreach (string name in All)
        {
            _folder.Write("stanford-dogs/Annotation/" + Path.ChangeExtension(name, null), Encoding.UTF8.GetBytes(Box("2", xmax)));
        }
    }

    private string[] Leftovers() =>
        Directory.Exists(Prepared) ? Directory.GetFileSystemEntries(Prepared).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)).ToArray() : [];

    private PreparedImages Open(
        string split, bool boundingBox = false, PreparationOptions? options = null, IProgress<PreparationProgress>? progress = null,
        CancellationToken cancel = default) =>
        ImagePreparation.Open(StanfordDogs.List(Root, split, boundingBox), options ?? Options, [Prepared], progress, cancel);
}
