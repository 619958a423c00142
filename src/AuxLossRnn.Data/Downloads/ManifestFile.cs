using System.Security.Cryptography;

namespace AuxLossRnn.Data;

/// <summary>A file of the manifest.</summary>
/// <param name="Path">Its path below the data root, with forward slashes.</param>
/// <param name="Mirrors">The public addresses it can be had from, the preferred one first.</param>
/// <param name="Size">Its size in bytes, or null if that is not published.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal, or null if only an MD5 is published.</param>
/// <param name="Md5">Its MD5 in lower-case hexadecimal, or null if none is published.</param>
public sealed record ManifestFile(string Path, IReadOnlyList<Uri> Mirrors, long? Size, string? Sha256, string? Md5)
{
    /// <summary>Size and checksum as words, for people who place the file by hand.</summary>
    public string Description =>
        (Size is long size ? $"{size:N0} bytes, " : "") + (Sha256 is null ? $"MD5 {Md5}" : $"SHA-256 {Sha256}");

    /// <summary>Checks a file's size and checksum: SHA-256, or MD5 where only that is published.</summary>
    /// <param name="path">The file on disk, usually <see cref="DataRoot.PathOf"/> this file's path.</param>
    /// <param name="cancel">Stops the check.</param>
    /// <returns>What is wrong with it in a few words, or null if it is there and is the right one.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidOperationException">The manifest has no checksum for it.</exception>
    public async Task<string?> FindProblemAsync(string path, CancellationToken cancel = default)
    {
        if (!File.Exists(path))
        {
            return "it is missing";
        }

        await using FileStream stream = File.OpenRead(path);
        if (Size is long size && stream.Length != size)
        {
            return $"it has {stream.Length:N0} bytes instead of {size:N0}";
        }

        (string kind, string expected, byte[] digest) = Sha256 is not null
            ? ("SHA-256", Sha256, await SHA256.HashDataAsync(stream, cancel))
            : ("MD5", Md5 ?? throw NoChecksum(), await HashMd5Async(stream, cancel));
        string found = Convert.ToHexStringLower(digest);
        return found == expected ? null : $"its {kind} is {found} instead of {expected}";
    }

#pragma warning disable CA5351 // MD5 guards against damage here, not against forgery, where distributors publish nothing better.
    private static ValueTask<byte[]> HashMd5Async(Stream stream, CancellationToken cancel) => MD5.HashDataAsync(stream, cancel);
#pragma warning restore CA5351

    private InvalidOperationException NoChecksum() => new($"The manifest has neither SHA-256 nor MD5 for '{Path}'.");
}
