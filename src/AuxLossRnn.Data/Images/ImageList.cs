namespace AuxLossRnn.Data;

/// <summary>The image files of one split of a dataset.</summary>
/// <param name="Dataset">The dataset's name.</param>
/// <param name="Split"><c>train</c> or <c>test</c>.</param>
/// <param name="Place">The folder or archive that the files are in, for messages.</param>
/// <param name="Classes">The names of the classes; a label is an index into them. At most 256.</param>
/// <param name="Images">The images.</param>
/// <param name="Read">Reads the files once, in whatever order suits the place, each with its index into the images.</param>
public sealed record ImageList(
    string Dataset, string Split, string Place, IReadOnlyList<string> Classes, IReadOnlyList<LabelledImage> Images,
    Func<IEnumerable<(int Index, byte[] Bytes)>> Read);
