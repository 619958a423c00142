namespace AuxLossRnn.Data;

/// <summary>What prepared images were made of and how: the <c>manifest.json</c> beside them.</summary>
/// <param name="Dataset">The dataset's name.</param>
/// <param name="Split"><c>train</c> or <c>test</c>.</param>
/// <param name="Key">A SHA-256 over the list of files with their sizes, labels and areas, and over the options.</param>
/// <param name="Options">The options.</param>
/// <param name="Cropped">Whether only a part of each image is shown: its bounding box.</param>
/// <param name="Fit">How an area that is not square became one.</param>
/// <param name="Order">How rows are ordered.</param>
/// <param name="Files">The number of image files.</param>
/// <param name="Count">The number of images made of them.</param>
/// <param name="Classes">The names of the classes; a label is an index into them.</param>
public sealed record PreparedManifest(
    string Dataset, string Split, string Key, PreparationOptions Options, bool Cropped, string Fit, string Order, int Files, int Count,
    IReadOnlyList<string> Classes);
