using System.IO.Compression;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>Arrays that NumPy saved in one archive, with <c>np.savez</c> or <c>np.savez_compressed</c>.</summary>
internal sealed class NpzFile : IDisposable
{
    private const string Ending = ".npy";

    private readonly string _path;
    private readonly ZipArchive _zip;
    private readonly IProgress<ReadingProgress>? _progress;
    private readonly CancellationToken _cancellation;

    private NpzFile(string path, ZipArchive zip, IProgress<ReadingProgress>? progress, CancellationToken cancellation) =>
        (_path, _zip, _progress, _cancellation) = (path, zip, progress, cancellation);

    /// <summary>Opens an archive.</summary>
    /// <param name="path">What errors call it.</param>
    /// <param name="content">Its bytes; closed with this.</param>
    /// <param name="progress">Told of the array that is read; may be null.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="UserException">It is damaged.</exception>
    public static NpzFile Open(string path, Stream content, IProgress<ReadingProgress>? progress, CancellationToken cancellation) =>
        new(path, Sound(path, () => new ZipArchive(content, ZipArchiveMode.Read)), progress, cancellation);

    /// <summary>The names of the arrays with their shapes, in the archive's order.</summary>
    /// <exception cref="UserException">One is damaged.</exception>
    public IReadOnlyList<(string Name, int[] Shape)> Shapes() => [.. Entries.Select(entry =>
    {
        string name = entry.FullName[..^Ending.Length];
        return (name, Read(name, array => array.Shape));
    })];

    /// <summary>Reads one array.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="read">What is to be read of it.</param>
    /// <exception cref="UserException">There is none of that name, or it is damaged.</exception>
    public TResult Read<TResult>(string name, Func<NpyFile, TResult> read)
    {
        ZipArchiveEntry entry = Entries.FirstOrDefault(one => one.FullName == name + Ending)
            ?? throw new UserException($"'{_path}' has no array '{name}'. Its arrays are {string.Join(", ", Entries.Select(one => one.FullName[..^Ending.Length]))}.");
        string called = $"{_path}, array {name}";
        return Sound(called, () =>
        {
            using var array = NpyFile.Open(called, new CountedStream(entry.Open(), entry.Length, _progress, _cancellation));
            return read(array);
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _zip.Dispose();

    private IEnumerable<ZipArchiveEntry> Entries => _zip.Entries.Where(entry => entry.FullName.EndsWith(Ending, StringComparison.Ordinal));

    private static TResult Sound<TResult>(string path, Func<TResult> read)
    {
        try
        {
            return read();
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new UserException($"'{path}' is damaged or packed in an unknown way: {damage.Message} Write it anew with np.savez.", damage);
        }
    }
}
