using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using Microsoft.Win32.SafeHandles;

namespace AuxLossRnn.Data;

/// <summary>Images prepared as bytes in a file, read from disk batch by batch, one RGB pixel a step.</summary>
/// <remarks>
/// A folder has <c>images.u8</c> (rows of side × side × 3 levels), <c>labels.u8</c> and <c>manifest.json</c>. Rows are in a
/// random order that is always the same, so that the first of them are a fair sample; the variants of row i are the rows
/// i + n, i + 2n, … of n files.
/// </remarks>
public sealed class PreparedImages : SequenceDataset
{
    internal const string ImagesName = "images.u8";
    internal const string LabelsName = "labels.u8";
    internal const string ManifestName = "manifest.json";

    private readonly byte[] _labels;
    private readonly int _rowBytes;

    private readonly int _silence;

    private PreparedImages(string folder, PreparedManifest manifest, byte[] labels, int silence)
    {
        Folder = folder;
        Manifest = manifest;
        _labels = labels;
        _silence = silence;
        _rowBytes = RowBytes(manifest.Options.Side);
    }

    /// <summary>The folder they are in.</summary>
    public string Folder { get; }

    /// <summary>What they were made of.</summary>
    public PreparedManifest Manifest { get; }

    /// <inheritdoc/>
    public override int Count => _labels.Length;

    /// <inheritdoc/>
    public override int Steps => Manifest.Options.Side * Manifest.Options.Side + _silence;

    /// <inheritdoc/>
    public override int Features => 3;

    /// <inheritdoc/>
    public override int Classes => Manifest.Classes.Count;

    /// <inheritdoc/>
    public override int Label(int index) => _labels[index];

    /// <inheritdoc/>
    /// <exception cref="UserException">The prepared file is gone or cannot be read.</exception>
    public override SequenceBatch Batch(ReadOnlySpan<int> indices)
    {
        byte[] rows = new byte[indices.Length * Steps * Features];
        long[] labels = new long[indices.Length];
        Read(indices, rows, Steps * Features);
        for (int b = 0; b < indices.Length; b++)
        {
            labels[b] = _labels[indices[b]];
        }

        return ImageSequences.Batch(rows, labels, Steps, Features);
    }

    /// <summary>The same images with blank steps after the last pixel.</summary>
    /// <param name="silence">How many.</param>
    /// <exception cref="UserException">The silence is negative.</exception>
    public PreparedImages WithSilence(int silence)
    {
        ImageSequences.CheckSilence(silence);
        return new PreparedImages(Folder, Manifest, _labels, silence);
    }

    /// <summary>Reads some images into memory.</summary>
    /// <param name="indices">Which ones, in this order.</param>
    /// <exception cref="UserException">The prepared file is gone or cannot be read.</exception>
    public ByteImages Images(ReadOnlySpan<int> indices)
    {
        byte[] levels = new byte[indices.Length * _rowBytes];
        byte[] labels = new byte[indices.Length];
        Read(indices, levels, _rowBytes);
        for (int i = 0; i < indices.Length; i++)
        {
            labels[i] = _labels[indices[i]];
        }

        return new ByteImages(levels, labels, Manifest.Options.Side, Features, Classes);
    }

    internal static int RowBytes(int side) => side * side * 3;

    /// <summary>Opens a folder; null if it is not there, was made of something else, or is damaged.</summary>
    internal static PreparedImages? TryOpen(string folder, string key)
    {
        try
        {
            PreparedManifest? manifest = JsonSerializer.Deserialize<PreparedManifest>(
                File.ReadAllText(Path.Combine(folder, ManifestName)), KitJson.Indented);
            byte[] labels = File.ReadAllBytes(Path.Combine(folder, LabelsName));
            return manifest is { Options: not null, Classes: not null } && manifest.Key == key && labels.Length == manifest.Count && labels.All(label => label < manifest.Classes.Count)
                && new FileInfo(Path.Combine(folder, ImagesName)).Length == (long)manifest.Count * RowBytes(manifest.Options.Side)
                ? new PreparedImages(folder, manifest, labels, silence: 0)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private void Read(ReadOnlySpan<int> indices, byte[] target, int stride)
    {
        string path = Path.Combine(Folder, ImagesName);
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.RandomAccess);
            for (int b = 0; b < indices.Length; b++)
            {
                Span<byte> row = target.AsSpan(b * stride, _rowBytes);
                long offset = (long)indices[b] * _rowBytes;
                for (int done = 0; done < row.Length;)
                {
                    int read = RandomAccess.Read(file, row[done..], offset + done);
                    done += read > 0 ? read : throw new EndOfStreamException($"it ends at byte offset {offset + done}");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException(
                $"The prepared images '{path}' cannot be read: {e.Message} If they were deleted, start again: they are then made anew.", e);
        }
    }
}
