using System.Buffers.Binary;
using System.IO.Compression;

namespace AuxLossRnn.Data.Tests;

/// <summary>Makes IDX files, right and wrong ones.</summary>
internal static class IdxBytes
{
    public static byte[] Images(int count, int rows, int columns, byte[] levels) =>
        [.. Header(0x803, count, rows, columns), .. levels];

    public static byte[] Labels(params byte[] labels) => [.. Header(0x801, labels.Length), .. labels];

    public static byte[] Header(params int[] numbers)
    {
        byte[] bytes = new byte[4 * numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        }

        return bytes;
    }

    public static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
