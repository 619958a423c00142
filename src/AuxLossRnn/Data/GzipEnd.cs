using System.Buffers.Binary;
using System.IO.Compression;

namespace AuxLossRnn.Data;

/// <summary>The end of a gzip file. <see cref="GZipStream"/> takes a file that is cut off, or has rubbish behind it, for a whole one.</summary>
internal static class GzipEnd
{
    private const int TrailerBytes = 8; // checksum and length of the last member's content
    private const uint Polynomial = 0xEDB88320; // CRC-32 as gzip computes it, least significant bit first

    /// <summary>Whether a file ends with the trailer of what was read from it.</summary>
    /// <param name="file">The compressed file; left at any position.</param>
    /// <param name="read">The bytes that it holds decompressed.</param>
    /// <param name="length">What the trailer says of the last member: its bytes decompressed, modulo 2³².</param>
    /// <exception cref="InvalidDataException">The data cannot be decompressed.</exception>
    public static bool Fits(FileStream file, long read, out uint length)
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        length = 0;
        if (file.Length < TrailerBytes)
        {
            return false;
        }

        file.Position = file.Length - TrailerBytes;
        file.ReadExactly(trailer);
        length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        return length == (uint)read || EndsSeveralMembers(file, read, length, BinaryPrimitives.ReadUInt32LittleEndian(trailer));
    }

    // Where members follow each other, the last one's length is less than all that was read: then its checksum tells.
    private static bool EndsSeveralMembers(FileStream file, long read, uint length, uint checksum)
    {
        if (length == 0 || length > read)
        {
            return false;
        }

        file.Position = 0;
        using var gzip = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        byte[] buffer = new byte[1 << 16];
        for (long left = read - length; left > 0;)
        {
            int skipped = gzip.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (skipped == 0)
            {
                return false;
            }

            left -= skipped;
        }

        uint sum = uint.MaxValue;
        for (int count = gzip.Read(buffer); count > 0; count = gzip.Read(buffer))
        {
            foreach (byte one in buffer.AsSpan(0, count))
            {
                sum = Table[(byte)(sum ^ one)] ^ (sum >> 8);
            }
        }

        return ~sum == checksum;
    }

    private static uint[] Table { get; } = [.. Enumerable.Range(0, 256).Select(i =>
    {
        uint entry = (uint)i;
        for (int bit = 0; bit < 8; bit++)
        {
            entry = (entry >> 1) ^ (Polynomial & (0 - (entry & 1)));
        }

        return entry;
    })];
}
