using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>Stanford Dogs: photographs of 120 breeds, 12,000 to train and 8,580 to test in the official split.</summary>
/// <remarks>
/// Below <c>stanford-dogs</c>: the photographs in <c>Images/BREED/NAME.jpg</c> or <c>images.tar</c>; the split in
/// <c>train_list.txt</c> and <c>test_list.txt</c>, a line <c>BREED/NAME.jpg</c> a photograph, or in <c>lists.tar</c>; and,
/// where bounding boxes are asked for, <c>Annotation/BREED/NAME</c> or <c>annotation.tar</c>. A class is the place of its
/// folder's name among the sorted names of both lists.
/// </remarks>
public static class StanfordDogs
{
    /// <summary>The name on the command line, and of the folder below the data root.</summary>
    public const string Name = DatasetNames.StanfordDogs;

    /// <summary>The sides of the paper's Table 1, in pixels.</summary>
    public static IReadOnlyList<int> PaperSides { get; } = [40, 48, 56, 72, 80, 96, 112, 128];

    /// <summary>Finds the photographs of a split.</summary>
    /// <param name="root">Where the folder <c>stanford-dogs</c> lies.</param>
    /// <param name="split"><c>train</c> or <c>test</c>.</param>
    /// <param name="boundingBox">Whether to show only the dog, cut out by its bounding box (the first one of a photograph).</param>
    /// <exception cref="UserException">A file is missing or malformed.</exception>
    public static ImageList List(DataRoot root, string split, bool boundingBox = false)
    {
        string folder = root.PathOf(Name);
        IReadOnlyList<string> names = DogLists.Read(folder, split);
        IReadOnlyList<string> others = DogLists.Read(folder, split == "train" ? "test" : "train");
        if (names.Intersect(others).FirstOrDefault() is string both)
        {
            throw new UserException($"The photograph '{both}' of Stanford Dogs is listed for training and for testing. Take it out of "
                + $"'{DogLists.Place(folder, "train")}' or '{DogLists.Place(folder, "test")}'.");
        }

        string[] classes = [.. names.Concat(others)
            .Select(Breed).Distinct().Order(StringComparer.Ordinal)];
        FileTree photographs = FileTree.Find(folder, "Images", "images.tar") ?? throw new UserException(
            $"The photographs of Stanford Dogs are not here: there is neither the folder '{Path.Combine(folder, "Images")}' nor "
            + $"'{Path.Combine(folder, "images.tar")}'. Fetch them with `auxloss data fetch {Name}`, or name the folder that has "
            + $"{Name}/ in it with ‹DataRoot› or the environment variable {DataRoot.EnvironmentVariable}.");
        IReadOnlyList<long?> sizes = photographs.Sizes(names);
        ImageArea[]? boxes = boundingBox ? DogBoxes.Read(folder, names) : null;
        var images = new LabelledImage[names.Count];
        for (int i = 0; i < images.Length; i++)
        {
            long size = sizes[i] ?? throw new UserException(
                $"{sizes.Count(one => one is null):N0} of the {names.Count:N0} photographs listed for {split} are not in '{photographs.Path}', "
                + $"the first is '{names[i]}'. Place them there, fetch the archive anew with `auxloss data fetch {Name}` if it was cut "
                + $"off, or take them out of the list '{DogLists.Place(folder, split)}'.");
            images[i] = new LabelledImage(names[i], Array.BinarySearch(classes, Breed(names[i]), StringComparer.Ordinal), size, boxes?[i]);
        }

        return new ImageList(Name, split, photographs.Path, classes, images, () => photographs.Read(names));
    }

    private static string Breed(string name) => name[..name.IndexOf('/', StringComparison.Ordinal)];
}
