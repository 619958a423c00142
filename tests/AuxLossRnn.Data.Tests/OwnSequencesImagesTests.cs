using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using SkiaSharp;
using TorchSharp;

namespace AuxLossRnn.Data.Tests;

public sealed class OwnSequencesImagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_a_class_becomes_a_set_that_is_read_pixel_by_pixel()
    {
        _folder.Write("red/b.png", Png((200, 0, 0), (100, 10, 20)));
        _folder.Write("red/a.PNG", Png((1, 2, 3), (4, 5, 6)));
        _folder.Write("blue/z.png", Png((0, 0, 9), (0, 0, 8)));
        _folder.Write("blue/notes.txt", "no image"u8.ToArray());
        var own = OwnSequences.FromImages(_folder.Path, side: 2, skipOthers: true);

        Assert.Equal((3, 4, 3), (own.Count, own.Steps, own.Features));
        Assert.Equal([0, 1, 1], own.Indices(["blue", "red"]));
        Assert.Equal(["blue/z.png", "red/a.PNG", "red/b.png"], own.Names);
        Assert.Equal([0, 0, 9], own.LevelsAt(0, 0).ToArray());
        Assert.Equal([1, 2, 3], own.LevelsAt(1, 0).ToArray());
        Assert.Equal([4, 5, 6], own.LevelsAt(1, 3).ToArray());
        Assert.Equal([100, 10, 20], own.LevelsAt(2, 1).ToArray());

        DatasetSplits data = own.Split(0, 0);
        using SequenceBatch batch = data.Train.Batch([1]);
        Assert.Equal(1 / 255f, batch.Inputs[0, 0, 0].ToSingle());
        Assert.Equal(256, data.Train.Format!.Levels);
        Assert.Equal(["red/b.png", "blue/z.png"], new[] { 1, 0 }.Select(data.Train.Subset([0, 2]).Name));
    }

    [Fact]
    public void Images_without_folders_have_no_labels()
    {
        _folder.Write("a.png", Png((1, 2, 3), (4, 5, 6)));

        Assert.Equal([-1], OwnSequences.FromImages(_folder.Path, 1).Indices([]));
        Assert.Contains("no labels", Refusal(() => OwnSequences.FromImages(_folder.Path, 1).Split()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_programs_keep_under_dotted_names_is_no_class_and_no_image()
    {
        _folder.Write("red/a.png", Png((1, 2, 3), (4, 5, 6)));
        _folder.Write("red/._a.png", [0]);
        _folder.Write("red/.thumbnails/a.png", Png((7, 7, 7), (7, 7, 7)));
        _folder.Write(".ipynb_checkpoints/a.png", Png((7, 7, 7), (7, 7, 7)));
        _folder.Write(".b.png", Png((7, 7, 7), (7, 7, 7)));
        var own = OwnSequences.FromImages(_folder.Path, 2);

        Assert.Equal(1, own.Count);
        Assert.Equal([0], own.Indices(["red"]));
    }

    [Theory]
    [InlineData("dog/a.tif", "dog/a.tif")]
    [InlineData("owl/a.heic", "owl/a.heic")]
    [InlineData("red/notes.txt", "red/notes.txt")]
    [InlineData("red/b", "red/b")]
    public void What_is_no_image_among_those_of_a_class_is_named_and_left_out_only_if_that_is_said(string name, string told)
    {
        _folder.Write("red/a.png", Png((1, 2, 3), (4, 5, 6)));
        _folder.Write("licence.txt", "beside the classes"u8.ToArray());
        _folder.Write(name, [1, 2, 3]);

        Assert.Contains(
            $"holds a file that is no image by the name: {told.Replace('/', Path.DirectorySeparatorChar)}. Expected .jpg,", Refusal(() => OwnSequences.FromImages(_folder.Path, 2)), StringComparison.Ordinal);
        Assert.Equal(1, OwnSequences.FromImages(_folder.Path, 2, skipOthers: true).Count);
    }

    [Fact]
    public void Many_are_counted_and_a_class_without_an_image_is_not_missing_silently()
    {
        _folder.Write("red/a.png", Png((1, 2, 3), (4, 5, 6)));
        Directory.CreateDirectory(_folder["blue"]);
        Assert.Contains($"The folder '{_folder["blue"]}' holds no image, so its class would be missing.", Refusal(() => OwnSequences.FromImages(_folder.Path, 2)), StringComparison.Ordinal);
        for (int i = 0; i < 12; i++)
        {
            _folder.Write($"blue/{i:00}.tiff", [1]);
        }

        Assert.Contains("holds 12 files that are no image by the name: ", Refusal(() => OwnSequences.FromImages(_folder.Path, 2)), StringComparison.Ordinal);
        Assert.Contains("04.tiff and others.", Refusal(() => OwnSequences.FromImages(_folder.Path, 2)), StringComparison.Ordinal);
        Assert.Equal(1, OwnSequences.FromImages(_folder.Path, 2, skipOthers: true).Count);
    }

    [Theory]
    [InlineData("red/Thumbs.db")]
    [InlineData("red/desktop.ini")]
    [InlineData("@eaDir/a.png/THUMB.png")]
    [InlineData("red/@eaDir/a.png/THUMB.png")]
    [InlineData("__MACOSX/red/._a.png")]
    public void What_systems_put_there_is_left_out(string name)
    {
        _folder.Write("red/a.png", Png((1, 2, 3), (4, 5, 6)));
        _folder.Write("red/b.JFIF", ImageBytes.Random(4, 4, 1, SkiaSharp.SKEncodedImageFormat.Jpeg).File);
        _folder.Write(name, [1, 2, 3]);

        Assert.Equal(2, OwnSequences.FromImages(_folder.Path, 2).Count);
    }

    [Fact]
    public void Folders_without_images_are_no_classes()
    {
        _folder.Write("b.png", Png((1, 2, 3), (4, 5, 6)));
        _folder.Write("notes/deep/read.me", "no image"u8.ToArray());
        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty"));

        Assert.Equal([-1], OwnSequences.FromImages(_folder.Path, 1).Indices([]));
    }

    [Theory]
    [InlineData("beside.png", "lies beside the folders of the classes")]
    [InlineData("red/more/below.png", "lies too deep in")]
    [InlineData("train/blue/below.png", "lies too deep in")]
    public void An_image_beside_or_below_those_of_the_classes_is_refused(string name, string sentence)
    {
        _folder.Write("red/a.png", Png((1, 2, 3), (4, 5, 6)));
        string misplaced = _folder.Write(name, Png((1, 2, 3), (4, 5, 6)));
        string message = Refusal(() => OwnSequences.FromImages(_folder.Path, 1));

        Assert.Contains($"The image '{misplaced}' {sentence}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_nothing_is_refused_by_its_name_and_one_that_leads_back_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a right there that tests do not have.");
        _folder.Write("red/a.png", Png((1, 2, 3), (4, 5, 6)));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "red/notes"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "red/notes/back"), _folder.Path);
        Assert.Equal(1, OwnSequences.FromImages(_folder.Path, 1).Count);

        string link = Path.Combine(_folder.Path, "red/b.png");
        File.CreateSymbolicLink(link, Path.Combine(_folder.Path, "gone.png"));
        Assert.Contains($"'{link}' cannot be read", Refusal(() => OwnSequences.FromImages(_folder.Path, 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_folder_of_images_is_refused()
    {
        Assert.Contains("There is no folder", Refusal(() => OwnSequences.FromImages(Path.Combine(_folder.Path, "none"), 4)), StringComparison.Ordinal);
        Assert.Contains("holds no sequence", Refusal(() => OwnSequences.FromImages(_folder.Path, 4)), StringComparison.Ordinal);
        Assert.Contains("0 × 0 pixels are not possible: choose a side of 1 to 26754", Refusal(() => OwnSequences.FromImages(_folder.Path, 0)), StringComparison.Ordinal);
        Assert.Contains("choose a side of 1 to 26754", Refusal(() => OwnSequences.FromImages(_folder.Path, 30_000)), StringComparison.Ordinal);
        string damaged = _folder.Write("a/x.png", Png((1, 2, 3), (4, 5, 6))[..20]);
        Assert.Contains(damaged, Refusal(() => OwnSequences.FromImages(_folder.Path, 4)), StringComparison.Ordinal);
    }

    /// <summary>Two by two pixels, the left column of one colour and the right one of another.</summary>
    private static byte[] Png((byte R, byte G, byte B) left, (byte R, byte G, byte B) right)
    {
        byte[] row = [left.R, left.G, left.B, right.R, right.G, right.B];
        return ImageBytes.Encode([.. row, .. row], 2, 2, SKEncodedImageFormat.Png);
    }

    private static string Refusal(Func<object> act) => Assert.Throws<UserException>(act).Message;
}
