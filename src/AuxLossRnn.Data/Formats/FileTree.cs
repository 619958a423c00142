using System.Formats.Tar;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>Files in a folder or in a tar archive of that folder, known by their paths below it, with forward slashes.</summary>
internal abstract class FileTree(string path)
{
    /// <summary>The folder or the archive.</summary>
    public string Path { get; } = path;

    /// <summary>Takes the folder if it is there, else the archive; null if there is neither.</summary>
    /// <param name="parent">Where both would lie.</param>
    /// <param name="folder">The folder's name, which the archive's entries begin with.</param>
    /// <param name="archive">The archive's name.</param>
    public static FileTree? Find(string parent, string folder, string archive)
    {
        string folderPath = System.IO.Path.Combine(parent, folder);
        string archivePath = System.IO.Path.Combine(parent, archive);
        return Directory.Exists(folderPath) ? new FolderTree(folderPath)
            : File.Exists(archivePath) ? Archive(archivePath, folder + "/")
            : null;
    }

    /// <summary>Takes the entries of an archive whose names begin with a prefix.</summary>
    public static FileTree Archive(string path, string prefix) => new TarTree(path, prefix);

    /// <summary>The sizes of files in bytes; null for those that are not there.</summary>
    /// <exception cref="UserException">The archive is damaged.</exception>
    public abstract IReadOnlyList<long?> Sizes(IReadOnlyList<string> names);

    /// <summary>Reads files whole, in the order in which they are stored; those that are not there are left out.</summary>
    /// <exception cref="UserException">A file or the archive cannot be read.</exception>
    public abstract IEnumerable<(int Index, byte[] Bytes)> Read(IReadOnlyList<string> names);

    private sealed class FolderTree(string path) : FileTree(path)
    {
        public override IReadOnlyList<long?> Sizes(IReadOnlyList<string> names) =>
            [.. names.Select(name => new FileInfo(FullPath(name))).Select(file => file.Exists ? file.Length : (long?)null)];

        public override IEnumerable<(int Index, byte[] Bytes)> Read(IReadOnlyList<string> names)
        {
            for (int i = 0; i < names.Count; i++)
            {
                if (File.Exists(FullPath(names[i])))
                {
                    yield return (i, ReadFile(FullPath(names[i])));
                }
            }
        }

        private string FullPath(string name) => System.IO.Path.Combine(Path, name);

        private static byte[] ReadFile(string path)
        {
            try
            {
                return File.ReadAllBytes(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UserException($"The file '{path}' cannot be read: {e.Message}", e);
            }
        }
    }

    private sealed class TarTree(string path, string prefix) : FileTree(path)
    {
        public override IReadOnlyList<long?> Sizes(IReadOnlyList<string> names)
        {
            long?[] sizes = new long?[names.Count];
            foreach ((int index, TarEntry entry) in Entries(names))
            {
                sizes[index] = entry.Length;
            }

            return sizes;
        }

        public override IEnumerable<(int Index, byte[] Bytes)> Read(IReadOnlyList<string> names)
        {
            foreach ((int index, TarEntry entry) in Entries(names))
            {
                yield return (index, Whole(() =>
                {
                    byte[] bytes = new byte[checked((int)entry.Length)];
                    entry.DataStream?.ReadExactly(bytes);
                    return bytes;
                }));
            }
        }

        private IEnumerable<(int Index, TarEntry Entry)> Entries(IReadOnlyList<string> names)
        {
            Dictionary<string, int> wanted = names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
            using FileStream file = Whole(() => File.OpenRead(Path));
            using var tar = new TarReader(file);
            while (Whole(() => tar.GetNextEntry()) is TarEntry entry)
            {
                if (entry.Length < 0 || entry.Length > file.Length)
                {
                    // Before any memory is taken: a damaged header may ask for gigabytes.
                    throw Damaged(new InvalidDataException($"'{entry.Name}' has {entry.Length:N0} bytes."));
                }

                string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                    && name.StartsWith(prefix, StringComparison.Ordinal) && wanted.TryGetValue(name[prefix.Length..], out int index))
                {
                    yield return (index, entry);
                }
            }
        }

        private TResult Whole<TResult>(Func<TResult> read)
        {
            try
            {
                return read();
            }
            catch (Exception e) when (TarDamage.IsIn(e) || e is IOException or UnauthorizedAccessException)
            {
                throw Damaged(e);
            }
        }

        private UserException Damaged(Exception cause) => new(
            $"The archive '{Path}' cannot be read, it is damaged or cut off: {cause.Message} Delete it, and place a good one there "
            + $"or fetch it anew with `auxloss data fetch {StanfordDogs.Name}`.", cause);
    }
}
