using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <content>From images.</content>
public sealed partial class OwnSequences
{
    private const int Colours = 3;
    private const int MostNamed = 5;

    private static readonly string[] Endings = [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp"];
    private static readonly string[] ProgramsOwn = ["Thumbs.db", "desktop.ini", "@eaDir", "__MACOSX", "$RECYCLE.BIN"];

    // The side at which one image alone is as large as an array can be.
    private static readonly int LargestSide = (int)Math.Sqrt(Array.MaxLength / Colours);

    /// <summary>
    /// A folder of images with a sub-folder a class, or of images alone for sequences to predict. Each is read pixel by pixel, row by
    /// row: T = side · side steps of the channels red, green and blue, levels 0 … 255, read as [0, 1].
    /// </summary>
    /// <remarks>
    /// Images are called .jpg, .jpeg, .jpe, .jfif, .png, .webp, .gif or .bmp. Names that begin with a dot, and a few that programs give, are
    /// left out. Images come in the order of their names' characters, 10.jpg before 2.jpg.
    /// </remarks>
    /// <param name="folder">The folder.</param>
    /// <param name="side">The side in pixels that images are averaged to; those that are not square are squashed.</param>
    /// <param name="skipOthers">Whether other files, and sub-folders without images, are left out; otherwise they are taken for a mistake.</param>
    /// <exception cref="UserException">
    /// The folder is missing, holds no image or something else, has a class without one, or images beside or below those of the classes; or an image cannot be read.
    /// </exception>
    public static OwnSequences FromImages(string folder, int side, bool skipOthers = false)
    {
        if (side < 1 || side > LargestSide)
        {
            throw new UserException($"Images of {side} × {side} pixels are not possible: choose a side of 1 to {LargestSide}, such as 32.");
        }

        folder = UserPath.Expand(folder);
        if (!Directory.Exists(folder))
        {
            throw new UserException($"There is no folder '{folder}'. Give one that holds a folder of images for each class.");
        }

        (string Path, string? Class)[] files = Images(folder, skipOthers);
        int size = side * side * Colours;
        if ((long)files.Length * size > Array.MaxLength)
        {
            throw new UserException(
                $"{files.Length:N0} images of {side} × {side} pixels are more than an array holds. Choose a smaller side, or fewer images.");
        }

        byte[] levels = new byte[files.Length * size];
        for (int i = 0; i < files.Length; i++)
        {
            string path = files[i].Path;
            DecodedImage image = ImageFile.Decode(Readable(path, () => File.ReadAllBytes(path)), path);
            image.Square(image.Whole, side, mirrored: false, levels.AsSpan(i * size, size));
        }

        return new OwnSequences(
            folder, null, levels, Equal(files.Length, side * side), Colours,
            files.Any(file => file.Class is not null) ? [.. files.Select(file => file.Class)] : null,
            tokenLevels: SequenceDataset.ByteLevels,
            names: [.. files.Select(file => Path.GetRelativePath(folder, file.Path).Replace(Path.DirectorySeparatorChar, '/'))])
        { TakenFor = "a folder of images" };
    }

    /// <summary>The images with their classes, or without where none lies in a sub-folder.</summary>
    private static (string Path, string? Class)[] Images(string folder, bool skipOthers)
    {
        string[] alone = ImagesIn(folder);
        // What lies beside folders of classes, such as a licence, is no picture that would be missing.
        string[] others = [.. FoldersIn(folder).Concat(alone.Length > 0 ? [folder] : []).SelectMany(FilesIn).Where(path => !IsImage(path))];
        if (others.Length > 0 && !skipOthers)
        {
            string[] named = [.. others.Take(MostNamed).Select(path => Path.GetRelativePath(folder, path))];
            throw new UserException(
                $"'{folder}' holds {(others.Length == 1 ? "a file that is" : $"{others.Length:N0} files that are")} no image by the name: {string.Join(", ", named)}"
                + $"{(others.Length > named.Length ? " and others" : "")}. Expected {string.Join(", ", Endings)}. Convert what is to be read, or leave the rest out with skipOthers: true.");
        }

        var ofClasses = new List<(string, string?)>();
        foreach (string path in FoldersIn(folder))
        {
            if (FoldersIn(path).Select(FirstImageBelow).FirstOrDefault(image => image is not null) is string deep)
            {
                throw new UserException(
                    $"The image '{deep}' lies too deep in '{folder}': expected a sub-folder a class with the images right in it. Give the folder "
                    + "that holds the classes, or move the image.");
            }

            string[] images = ImagesIn(path);
            ofClasses.AddRange(images.Length > 0 || skipOthers || alone.Length > 0
                ? images.Select(image => (image, (string?)Path.GetFileName(path)))
                : throw new UserException(
                    $"The folder '{path}' holds no image, so its class would be missing. Put its images there, take the folder away, or leave it out with skipOthers: true."));
        }

        return ofClasses.Count == 0 ? [.. alone.Select(image => (image, (string?)null))]
            : alone.Length == 0 ? [.. ofClasses]
            : throw new UserException(
                $"The image '{alone[0]}' lies beside the folders of the classes, so its class is unknown. Move it into one of them; images to "
                + "predict need a folder of their own, without sub-folders of images.");
    }

    private static string? FirstImageBelow(string folder) => ImagesIn(folder).FirstOrDefault()
        ?? FoldersIn(folder).Where(path => !IsLink(path)).Select(FirstImageBelow).FirstOrDefault(image => image is not null);

    // A link may lead back to a folder above it.
    private static bool IsLink(string folder) => new DirectoryInfo(folder).LinkTarget is not null;

    private static string[] ImagesIn(string folder) => [.. FilesIn(folder).Where(IsImage)];

    private static IEnumerable<string> FilesIn(string folder) => Named(Readable(folder, () => Directory.GetFiles(folder)));

    private static bool IsImage(string path) => Endings.Contains(Path.GetExtension(path).ToLowerInvariant());

    private static IEnumerable<string> FoldersIn(string folder) => Named(Readable(folder, () => Directory.GetDirectories(folder)));

    // Programs keep things of their own under such names: .ipynb_checkpoints, ._photo.jpg, and those below.
    private static IEnumerable<string> Named(string[] paths) =>
        paths.Where(path => !Path.GetFileName(path).StartsWith('.') && !ProgramsOwn.Contains(Path.GetFileName(path))).Order(StringComparer.Ordinal);

    private static TContent Readable<TContent>(string path, Func<TContent> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"'{path}' cannot be read: {failure.Message} Make it readable, or take it out of the folder of images.", failure);
        }
    }
}
