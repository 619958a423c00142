using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>Reads the IDX format in which MNIST is distributed, gzipped or plain.</summary>
/// <remarks>
/// Big-endian 32-bit numbers, then bytes. Images: 0x00000803, count, rows, columns, levels row by row.
/// Labels: 0x00000801, count, one byte a label.
/// </remarks>
public static class IdxFile
{
    private const uint ImagesMagic = 0x00000803;
    private const uint LabelsMagic = 0x00000801;
    private const int Classes = 10;

    /// <summary>Reads a file of square grey images and the file of their labels 0 … 9.</summary>
    /// <param name="imagesPath">The file of images.</param>
    /// <param name="labelsPath">The file of labels, as many as there are images.</param>
    /// <exception cref="UserException">
    /// A file is missing, unreadable or malformed; the message names the file, the byte offset, what was expected and found.
    /// </exception>
    public static ByteImages Read(string imagesPath, string labelsPath)
    {
        (byte[] levels, int count, int side) = ReadImages(imagesPath);
        using IdxReader reader = IdxReader.Open(labelsPath);
        ReadMagic(reader, LabelsMagic, "labels");
        uint labelCount = reader.ReadNumber("the number of labels");
        if (labelCount != count)
        {
            throw reader.Malformed(4, $"{count} labels, one for each image of '{imagesPath}'", $"{labelCount}");
        }

        byte[] labels = reader.ReadBody(count);
        int bad = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        return bad < 0
            ? new ByteImages(levels, labels, side, Channels: 1, Classes)
            : throw reader.Malformed(8 + bad, "a label of 0 to 9", $"{labels[bad]}");
    }

    private static (byte[] Levels, int Count, int Side) ReadImages(string path)
    {
        using IdxReader reader = IdxReader.Open(path);
        ReadMagic(reader, ImagesMagic, "images");
        uint count = reader.ReadNumber("the number of images");
        uint rows = reader.ReadNumber("the number of rows");
        uint columns = reader.ReadNumber("the number of columns");
        if (count == 0)
        {
            throw reader.Malformed(4, "at least one image", "none");
        }

        if (rows == 0 || rows != columns)
        {
            throw reader.Malformed(8, "square images of at least one pixel", $"{rows} rows and {columns} columns");
        }

        UInt128 length = (UInt128)count * rows * columns;
        if (length > (UInt128)Array.MaxLength)
        {
            throw reader.Malformed(4, $"at most {Array.MaxLength} bytes of pixels", $"{count} images of {rows}×{columns} pixels");
        }

        return (reader.ReadBody((int)length), (int)count, (int)rows);
    }

    private static void ReadMagic(IdxReader reader, uint magic, string content)
    {
        uint found = reader.ReadNumber("the magic number");
        if (found != magic)
        {
            throw reader.Malformed(0, $"the magic number 0x{magic:x8} of a file of {content}", $"0x{found:x8}");
        }
    }
}
