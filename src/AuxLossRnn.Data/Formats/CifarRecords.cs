namespace AuxLossRnn.Data;

/// <summary>Records of CIFAR-10's binary version: a label, then the red, the green and the blue levels, each row by row.</summary>
internal static class CifarRecords
{
    public const int Side = 32;
    public const int Channels = 3;
    public const int Classes = 10;
    public const int PixelBytes = Side * Side * Channels;

    private const int RecordBytes = 1 + PixelBytes;

    /// <summary>Reads a file, which must have exactly as many records as there is room for.</summary>
    /// <param name="content">The file from its beginning.</param>
    /// <param name="levels">Where the levels go, channel last: records × 32 × 32 × 3.</param>
    /// <param name="labels">Where the labels go, one a record.</param>
    /// <returns>What is wrong with the file: what was expected and found; null if nothing is.</returns>
    public static string? Read(Stream content, Span<byte> levels, Span<byte> labels)
    {
        byte[] record = new byte[RecordBytes];
        for (int i = 0; i < labels.Length; i++)
        {
            int read = content.ReadAtLeast(record, RecordBytes, throwOnEndOfStream: false);
            if (read < RecordBytes)
            {
                return $"expected {(long)labels.Length * RecordBytes:N0} bytes ({labels.Length:N0} records of {RecordBytes:N0}), "
                    + $"found {(long)i * RecordBytes + read:N0}";
            }

            if (record[0] >= Classes)
            {
                return $"expected a label of 0 to {Classes - 1} at byte offset {(long)i * RecordBytes}, found {record[0]}";
            }

            labels[i] = record[0];
            Interleave(record.AsSpan(1), levels.Slice(i * PixelBytes, PixelBytes));
        }

        return content.ReadByte() < 0
            ? null
            : $"expected the end of the file after {(long)labels.Length * RecordBytes:N0} bytes ({labels.Length:N0} records), found more";
    }

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> pixels)
    {
        for (int channel = 0; channel < Channels; channel++)
        {
            ReadOnlySpan<byte> plane = planes.Slice(channel * Side * Side, Side * Side);
            for (int i = 0; i < plane.Length; i++)
            {
                pixels[i * Channels + channel] = plane[i];
            }
        }
    }
}
