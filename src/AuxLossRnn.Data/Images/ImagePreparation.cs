using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text.Json;
using AuxLossRnn.Runtime;
using Microsoft.Win32.SafeHandles;

namespace AuxLossRnn.Data;

/// <summary>Decodes the image files of a split once, and keeps what came out on disk.</summary>
/// <remarks>
/// What is kept is found again by a key over the files' names, sizes, labels and areas and over the options, so it is made
/// anew when one of them changes; a file replaced by another of the same name and size goes unnoticed. A folder appears
/// under its name only when all of it is on disk. Processes that want the same folder wait for the first one.
/// </remarks>
public static class ImagePreparation
{
    private const int Version = 1; // part of the key: raise it when the same input gives other bytes
    private const int Chunk = 64;
    private const double SmallestCrop = 0.7;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The folders for prepared images, in the order they are tried: beside the dataset, or in the user's cache.</summary>
    /// <param name="root">The data root.</param>
    /// <param name="dataset">The dataset's name.</param>
    public static IReadOnlyList<string> Folders(DataRoot root, string dataset)
    {
        string beside = root.PathOf($"{dataset}/prepared");
        return UserCache.Folder is string cache ? [beside, Path.Combine(cache, "prepared")] : [beside];
    }

    /// <summary>Opens the prepared images of a split, making them first if they are not there.</summary>
    /// <param name="list">The image files.</param>
    /// <param name="options">What to make of them.</param>
    /// <param name="folders">Where to look for them; they are made in the first that may be written to.</param>
    /// <param name="progress">Told of each few files done; not called if there is nothing to do.</param>
    /// <param name="cancel">Stops the preparation; nothing is left of it.</param>
    /// <exception cref="UserException">An image is missing or damaged, an option out of range, or no folder can be written to.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static PreparedImages Open(
        ImageList list, PreparationOptions options, IReadOnlyList<string> folders,
        IProgress<PreparationProgress>? progress = null, CancellationToken cancel = default)
    {
        Check(list, options);
        string key = Key(list, options);
        string name = $"{list.Dataset}-{list.Split}-{options.Side}-{key[..16]}";
        PreparedImages? Find() => folders
            .Select(folder => PreparedImages.TryOpen(Path.Combine(folder, name), key))
            .FirstOrDefault(found => found is not null);

        if (Find() is PreparedImages ready)
        {
            return ready;
        }

        string target = Path.Combine(WritableFolder(folders, list.Dataset), name);
        using FileStream alone = Lock(target + ".lock", cancel);
        if (Find() is PreparedImages made)
        {
            return made; // by the process that had the lock
        }

        Make(list, options, key, target, progress, cancel);
        return PreparedImages.TryOpen(target, key)
            ?? throw new UserException($"The prepared images in '{target}' changed while they were made. Delete that folder and start again.");
    }

    private static void Make(
        ImageList list, PreparationOptions options, string key, string target, IProgress<PreparationProgress>? progress, CancellationToken cancel)
    {
        string parent = Path.GetDirectoryName(target)!;
        foreach (string left in Directory.GetDirectories(parent, Path.GetFileName(target) + ".*.tmp"))
        {
            Directory.Delete(left, recursive: true); // of a process that was killed: whoever lives holds the lock
        }

        string temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            Directory.CreateDirectory(temporary);
            WriteImages(list, options, Path.Combine(temporary, PreparedImages.ImagesName), new Report(progress, target, list.Images.Count), cancel);
            WriteRest(list, options, key, temporary);
            if (Directory.Exists(target))
            {
                Directory.Delete(target, recursive: true); // damaged, or it would have been opened
            }

            Directory.Move(temporary, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            double mebibytes = (double)list.Images.Count * options.Variants * PreparedImages.RowBytes(options.Side) / (1 << 20);
            throw new UserException(
                $"The prepared images of {list.Dataset} ({mebibytes:N0} MiB) cannot be written to '{target}': {e.Message} Make room there, "
                + "or choose a smaller ‹Side› or ‹Variants›.", e);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private static void WriteImages(ImageList list, PreparationOptions options, string path, Report report, CancellationToken cancel)
    {
        int rowBytes = PreparedImages.RowBytes(options.Side);
        int[] rows = Rows(list.Images.Count);
        bool[] done = new bool[rows.Length];
        using SafeFileHandle file = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.Write, preallocationSize: (long)rows.Length * options.Variants * rowBytes);
        report.Say(0);
        foreach ((int Index, byte[] Bytes)[] chunk in list.Read().Chunk(Chunk))
        {
            cancel.ThrowIfCancellationRequested();
            ForEach(chunk, image =>
            {
                byte[] levels = new byte[rowBytes];
                DecodedImage decoded = ImageFile.Decode(image.Bytes, $"'{list.Images[image.Index].Name}' in '{list.Place}'");
                ImageArea area = AreaOf(list, image.Index, decoded);
                for (int variant = 0; variant < options.Variants; variant++)
                {
                    long row = (long)variant * rows.Length + rows[image.Index];
                    (ImageArea crop, bool mirrored) = variant == 0 ? (area, false) : Crop(area, options.Seed, row);
                    decoded.Square(crop, options.Side, mirrored, levels);
                    RandomAccess.Write(file, levels, row * rowBytes);
                }

                done[image.Index] = true;
            });
            report.Say(done.Count(one => one));
        }

        int missing = Array.IndexOf(done, false);
        if (missing >= 0)
        {
            throw new UserException(
                $"{done.Count(one => !one):N0} of the {done.Length:N0} images listed for {list.Dataset} {list.Split} are not in "
                + $"'{list.Place}', the first is '{list.Images[missing].Name}'. Place them there, fetch the dataset anew, or take them out of the list.");
        }

        RandomAccess.FlushToDisk(file);
    }

    private static void WriteRest(ImageList list, PreparationOptions options, string key, string folder)
    {
        int[] rows = Rows(list.Images.Count);
        byte[] labels = new byte[rows.Length * options.Variants];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i - i % rows.Length + rows[i % rows.Length]] = (byte)list.Images[i % rows.Length].Label;
        }

        var manifest = new PreparedManifest(
            list.Dataset, list.Split, key, options, Cropped: list.Images.Any(image => image.Area is not null),
            Fit: "squashed to a square, each pixel the mean over its area", Order: "random, by seed 0", rows.Length, labels.Length, list.Classes);
        AtomicFile.Write(Path.Combine(folder, PreparedImages.LabelsName), stream => stream.Write(labels));
        AtomicFile.WriteText(Path.Combine(folder, PreparedImages.ManifestName), JsonSerializer.Serialize(manifest, KitJson.Indented));
    }

    /// <summary>The row of each image.</summary>
    private static int[] Rows(int count) => new RandomStream(0, RandomPurpose.Order).Permutation(count);

    private static ImageArea AreaOf(ImageList list, int index, DecodedImage image)
    {
        LabelledImage listed = list.Images[index];
        ImageArea area = listed.Area?.Inside(image.Width, image.Height) ?? image.Whole;
        return area.Width > 0 && area.Height > 0
            ? area
            : throw new UserException(
                $"The bounding box of '{listed.Name}' has no pixel in common with the image of {image.Width}×{image.Height} pixels in "
                + $"'{list.Place}'. Replace the image or its annotation.");
    }

    private static (ImageArea Area, bool Mirrored) Crop(ImageArea area, long seed, long row)
    {
        var stream = new RandomStream(seed, RandomPurpose.Enlargement, row);
        double scale = stream.NextDouble(SmallestCrop, 1);
        double left = area.Left + stream.NextDouble() * (1 - scale) * area.Width;
        double top = area.Top + stream.NextDouble() * (1 - scale) * area.Height;
        return (new ImageArea(left, top, scale * area.Width, scale * area.Height), stream.Next(2) == 1);
    }

    private static string Key(ImageList list, PreparationOptions options) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(new { Version, list.Dataset, list.Split, options, list.Classes, list.Images }, KitJson.Line)));

    private static void Check(ImageList list, PreparationOptions options)
    {
        if (list.Images.Count == 0)
        {
            throw new UserException($"There are no images in the list of {list.Dataset} {list.Split}.");
        }

        if (list.Classes.Count > byte.MaxValue + 1)
        {
            throw new UserException($"{list.Dataset} has {list.Classes.Count} classes, but at most {byte.MaxValue + 1} are supported.");
        }

        if (options.Side is < 1 or > 1024)
        {
            throw new UserException($"A side of {options.Side} is not possible. Choose ‹Side› between 1 and 1024.");
        }

        if (options.Variants < 1 || (long)options.Variants * list.Images.Count > int.MaxValue)
        {
            throw new UserException(
                $"{options.Variants} variants of each of {list.Images.Count} images are not possible. Choose ‹Variants› between 1 "
                + $"(no enlargement) and {int.MaxValue / list.Images.Count}.");
        }
    }

    private static string WritableFolder(IReadOnlyList<string> folders, string dataset) => folders.FirstOrDefault(MayWrite)
        ?? throw new UserException(
            $"The prepared images of {dataset} cannot be kept anywhere: neither {string.Join(" nor ", folders.Select(folder => $"'{folder}'"))} "
            + "can be written to. Make one of them writable, or name another data root with ‹DataRoot›.");

    private static bool MayWrite(string folder)
    {
        try
        {
            // A folder without any write permission is meant to stay as it is, even where this user could write to it.
            string parent = Path.GetDirectoryName(folder)!;
            if (!OperatingSystem.IsWindows() && !Directory.Exists(folder) && Directory.Exists(parent)
                && (File.GetUnixFileMode(parent) & (UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0)
            {
                return false;
            }

            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Waits until no other process (or thread) has the file; the file itself stays.</summary>
    private static FileStream Lock(string path, CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                cancel.WaitHandle.WaitOne(Pause);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new UserException(
                    $"The file '{path}' belongs to another user and may not be written to, so images cannot be prepared beside it. Delete it, "
                    + "or name another data root with ‹DataRoot›.", e);
            }
        }
    }

    /// <summary>As Parallel.ForEach, but what went wrong first is thrown itself.</summary>
    private static void ForEach((int Index, byte[] Bytes)[] images, Action<(int Index, byte[] Bytes)> make)
    {
        try
        {
            Parallel.ForEach(images, make);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }

    private sealed record Report(IProgress<PreparationProgress>? Progress, string Folder, int Total)
    {
        public void Say(int done) => Progress?.Report(new PreparationProgress(Folder, done, Total));
    }
}
