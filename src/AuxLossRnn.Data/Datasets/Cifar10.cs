using System.Formats.Tar;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>CIFAR-10: 32×32 colour photographs of 10 classes, 50,000 to train and 10,000 to test.</summary>
/// <remarks>
/// Read from the six files of the binary version, unpacked into <c>cifar10/cifar-10-batches-bin</c>, or else out of the
/// distributor's archive <c>cifar10/cifar-10-binary.tar.gz</c>, which is never unpacked to disk.
/// </remarks>
public static class Cifar10
{
    private const string TestName = "test_batch.bin";
    private const string Advice = "Delete it and place a good one there, or fetch the archive anew with `auxloss data fetch cifar10`.";
    private const int FilesToTrain = 5;
    private const int ImagesPerFile = 10_000;

    private static readonly string[] Names = [.. Enumerable.Range(1, FilesToTrain).Select(i => $"data_batch_{i}.bin"), TestName];

    /// <summary>Reads both splits.</summary>
    /// <param name="root">Where the folder <c>cifar10</c> lies.</param>
    /// <returns>Images of 32×32 RGB pixels, the training images in the order of their files.</returns>
    /// <exception cref="UserException">The files are missing or malformed.</exception>
    public static (ByteImages Train, ByteImages Test) Read(DataRoot root) => Read(root, ImagesPerFile);

    internal static (ByteImages Train, ByteImages Test) Read(DataRoot root, int imagesPerFile)
    {
        ByteImages train = Empty(FilesToTrain * imagesPerFile);
        ByteImages test = Empty(imagesPerFile);
        void ReadFile(int file, Stream content, string where)
        {
            bool tests = Names[file] == TestName;
            Fill(tests ? test : train, tests ? 0 : file * imagesPerFile, imagesPerFile, content, where);
        }

        string folder = root.PathOf("cifar10/cifar-10-batches-bin");
        string archive = root.PathOf("cifar10/cifar-10-binary.tar.gz");
        if (Directory.Exists(folder) && (!File.Exists(archive) || Names.All(name => File.Exists(Path.Combine(folder, name)))))
        {
            ReadFolder(folder, ReadFile);
        }
        else if (File.Exists(archive))
        {
            ReadArchive(archive, ReadFile);
        }
        else
        {
            throw new UserException(
                $"CIFAR-10 is not here: there is neither the folder '{folder}' nor '{archive}'. Fetch it with "
                + "`auxloss data fetch cifar10`, or name the folder that has cifar10/ in it with ‹DataRoot› or the environment "
                + $"variable {DataRoot.EnvironmentVariable}. `‹Dataset=stroke-digits›` needs no file.");
        }

        return (train, test);
    }

    private static ByteImages Empty(int count) => new(
        new byte[count * CifarRecords.PixelBytes], new byte[count], CifarRecords.Side, CifarRecords.Channels, CifarRecords.Classes);

    private static void ReadFolder(string folder, Action<int, Stream, string> read)
    {
        for (int file = 0; file < Names.Length; file++)
        {
            string path = Path.Combine(folder, Names[file]);
            try
            {
                using FileStream content = File.OpenRead(path);
                read(file, content, $"'{path}'");
            }
            catch (FileNotFoundException e)
            {
                throw new UserException(
                    $"CIFAR-10 is incomplete: '{path}' is missing, but the folder must have all six files. Place it there, or "
                    + "delete the folder and fetch the archive with `auxloss data fetch cifar10`.", e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UserException($"The CIFAR-10 file '{path}' cannot be read: {e.Message}", e);
            }
        }
    }

    private static void ReadArchive(string path, Action<int, Stream, string> read)
    {
        var missing = Names.ToHashSet();
        try
        {
            // The reader goes on to the end although it has all files, because only there does damage show.
            using FileStream file = File.OpenRead(path);
            using var unzipped = new Gzip(file);
            using var tar = new TarReader(unzipped);
            while (tar.GetNextEntry() is TarEntry entry)
            {
                string name = Path.GetFileName(entry.Name);
                bool regular = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile;
                if (regular && missing.Remove(name))
                {
                    // An empty entry has no stream.
                    read(Array.IndexOf(Names, name), entry.DataStream ?? Stream.Null, $"'{name}' in '{path}'");
                }
            }

            unzipped.CopyTo(Stream.Null);
        }
        catch (Exception e) when (TarDamage.IsIn(e))
        {
            throw new UserException($"The archive '{path}' is damaged or cut off: expected a whole .tar.gz with its checksum. {Advice}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The archive '{path}' cannot be read: {e.Message}", e);
        }

        if (missing.Count > 0)
        {
            throw new UserException(
                $"The archive '{path}' lacks {string.Join(", ", missing.Order(StringComparer.Ordinal))}: expected the six files of "
                + $"CIFAR-10's binary version. {Advice}");
        }
    }

    private static void Fill(ByteImages images, int first, int count, Stream content, string where)
    {
        if (CifarRecords.Read(content, images.Levels.AsSpan(first * CifarRecords.PixelBytes, count * CifarRecords.PixelBytes),
            images.Labels.AsSpan(first, count)) is string problem)
        {
            throw new UserException($"The CIFAR-10 file {where} is damaged: {problem}. {Advice}");
        }
    }
}
