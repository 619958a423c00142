using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>Reads a list of strings (a cell array) from a MATLAB 5 file, the format of Stanford Dogs' lists.</summary>
/// <remarks>
/// A header of 128 bytes, then elements: a type and a size of four bytes each, the content, padding to eight bytes. Small
/// elements have both in four bytes and the content in the next four. Element 15 is another element in zlib data; element
/// 14 is an array: its flags, dimensions, name, and then its content.
/// </remarks>
internal static class MatlabStrings
{
    private const int HeaderBytes = 128;
    private const int LittleEndianMark = 'I' | ('M' << 8);
    private const int MatrixType = 14;
    private const int CompressedType = 15;
    private const int CellClass = 1;
    private const int TextClass = 4;
    private const int Utf16Text = 17;
    private const int Numbers16 = 4;

    /// <summary>Reads the strings of a variable.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="variable">The variable's name.</param>
    /// <param name="where">Where the file is, for the message.</param>
    /// <exception cref="UserException">The file is malformed, or has no such list.</exception>
    public static IReadOnlyList<string> Read(byte[] file, string variable, string where)
    {
        try
        {
            if (file.Length < HeaderBytes || BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(HeaderBytes - 2)) != LittleEndianMark)
            {
                throw new InvalidDataException("it does not begin as a MATLAB 5 file does");
            }

            for (ReadOnlySpan<byte> rest = file.AsSpan(HeaderBytes); rest.Length > 0;)
            {
                (int type, byte[] content) = Next(ref rest);
                if (type == CompressedType)
                {
                    ReadOnlySpan<byte> unzipped = Unzip(content);
                    (type, content) = Next(ref unzipped);
                }

                if (type == MatrixType && Array(content) is (CellClass, string name, byte[] cells) && name == variable)
                {
                    return Strings(cells);
                }
            }

            throw new InvalidDataException($"it has no list '{variable}'");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException)
        {
            throw new UserException(
                $"The MATLAB file {where} cannot be read: {e.Message} Expected a MATLAB 5 file with the list '{variable}'. Fetch it anew with "
                + $"`auxloss data fetch {StanfordDogs.Name}`, or place text files train_list.txt and test_list.txt beside the archive, "
                + "with a line BREED/NAME.jpg for each photograph.", e);
        }
    }

    private static List<string> Strings(ReadOnlySpan<byte> cells)
    {
        var strings = new List<string>();
        while (cells.Length > 0)
        {
            (int type, byte[] content) = Next(ref cells);
            if (type != MatrixType || Array(content) is not (TextClass, _, byte[] text))
            {
                throw new InvalidDataException($"element {strings.Count + 1} of the list is not a string");
            }

            ReadOnlySpan<byte> rest = text;
            (int encoding, byte[] characters) = Next(ref rest);
            strings.Add((encoding is Numbers16 or Utf16Text ? Encoding.Unicode : Encoding.UTF8).GetString(characters));
        }

        return strings;
    }

    /// <summary>An array's class, its name and what follows them.</summary>
    private static (int Class, string Name, byte[] Content) Array(ReadOnlySpan<byte> matrix)
    {
        (_, byte[] flags) = Next(ref matrix);
        _ = Next(ref matrix); // dimensions
        (_, byte[] name) = Next(ref matrix);
        return (flags.Length > 0 ? flags[0] : 0, Encoding.UTF8.GetString(name), matrix.ToArray());
    }

    private static (int Type, byte[] Content) Next(ref ReadOnlySpan<byte> rest)
    {
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        int smallSize = (int)(word >> 16);
        int type = (int)(word & 0xffff);
        int start = smallSize > 0 ? 4 : 8;
        uint size = smallSize > 0 ? (uint)smallSize : BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
        byte[] content = size <= rest.Length - start
            ? rest.Slice(start, (int)size).ToArray()
            : throw new InvalidDataException("it is cut off");

        // Compressed elements are not padded, and neither need the last one be.
        int end = smallSize > 0 ? 8 : type == CompressedType ? start + (int)size : start + (int)((size + 7) & ~7u);
        rest = rest[Math.Min(end, rest.Length)..];
        return (type, content);
    }

    private static byte[] Unzip(byte[] content)
    {
        using var unzipped = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(content), CompressionMode.Decompress))
        {
            zlib.CopyTo(unzipped);
        }

        return unzipped.ToArray();
    }
}
