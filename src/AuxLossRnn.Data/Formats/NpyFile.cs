using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>An array that NumPy saved (format versions 1 to 3), in C or Fortran order, little-endian.</summary>
internal sealed partial class NpyFile : IDisposable
{
    private const int MagicLength = 8;
    private const byte FirstByte = 0x93;
    private const int BufferBytes = 1 << 16;
    private const int LongestHeader = 1 << 20; // NumPy itself reads 10,000 bytes unless it is told to trust the file

    private readonly string _path;
    private readonly Stream _stream;
    private readonly string _type;
    private readonly bool _fortran;

    private NpyFile(string path, Stream stream, string type, bool fortran, int[] shape) =>
        (_path, _stream, _type, _fortran, Shape) = (path, stream, type, fortran, shape);

    /// <summary>The array's shape.</summary>
    public int[] Shape { get; }

    /// <summary>The shape as a message writes it.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";

    private delegate TItem Decoder<TItem>(ReadOnlySpan<byte> item);

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="UserException">It cannot be read, or is no array of this kind.</exception>
    public static NpyFile Open(string path)
    {
        path = UserPath.Expand(path);
        try
        {
            return Open(path, File.OpenRead(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The array '{path}' cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Reads the header of what a stream holds.</summary>
    /// <param name="path">What errors call it.</param>
    /// <param name="stream">The bytes from the beginning on; closed with this. It knows its length and its place.</param>
    /// <exception cref="UserException">It is no array of this kind.</exception>
    public static NpyFile Open(string path, Stream stream)
    {
        try
        {
            return ReadHeader(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Refuses items of another type than asked for: it says more than a shape that does not fit.</summary>
    /// <param name="integers">Whether integers are asked for; otherwise numbers.</param>
    /// <exception cref="UserException">The items are of another type.</exception>
    public void RequireType(bool integers) => _ = integers ? (object)ForIntegers() : ForNumbers();

    /// <summary>The items as 64-bit floats, in C order.</summary>
    /// <param name="mostBytes">The most memory for them; null for half of what the machine has.</param>
    /// <exception cref="UserException">They are of another type, more than memory is allowed for, or cut short.</exception>
    public double[] Numbers(long? mostBytes = null) => Items(ForNumbers(), mostBytes);

    /// <summary>The items as integers, in C order; too large ones as the largest.</summary>
    public int[] Integers()
    {
        Decoder<long> integer = ForIntegers();
        return Items(item => int.CreateSaturating(integer(item)));
    }

    /// <summary>Integers or text as labels.</summary>
    public string[] Labels()
    {
        if (_type.StartsWith("<U", StringComparison.Ordinal))
        {
            return Items(item => Encoding.UTF32.GetString(item).TrimEnd('\0'));
        }

        return Integer() is { } integer
            ? Items(item => integer(item).ToString(CultureInfo.InvariantCulture))
            : throw OfAnotherType("labels: integers or text", NpyAdvice.ForLabels(_type));
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private Decoder<double> ForNumbers() => _type switch
    {
        "<f4" => item => BinaryPrimitives.ReadSingleLittleEndian(item),
        "<f8" => BinaryPrimitives.ReadDoubleLittleEndian,
        "<u8" => item => BinaryPrimitives.ReadUInt64LittleEndian(item),
        _ => Integer() is { } integer ? item => integer(item) : throw OfAnotherType("numbers: float32, float64 or integers", NpyAdvice.ForNumbers(_type)),
    };

    private Decoder<long> ForIntegers() => Integer() ?? throw OfAnotherType("integers", NpyAdvice.ForIntegers(_type));

    private Decoder<long>? Integer() => _type switch
    {
        "|b1" or "|u1" => item => item[0],
        "|i1" => item => (sbyte)item[0],
        "<i2" => item => BinaryPrimitives.ReadInt16LittleEndian(item),
        "<u2" => item => BinaryPrimitives.ReadUInt16LittleEndian(item),
        "<i4" => item => BinaryPrimitives.ReadInt32LittleEndian(item),
        "<u4" => item => BinaryPrimitives.ReadUInt32LittleEndian(item),
        "<i8" => BinaryPrimitives.ReadInt64LittleEndian,
        "<u8" => item => long.CreateSaturating(BinaryPrimitives.ReadUInt64LittleEndian(item)),
        _ => null,
    };

    private UserException OfAnotherType(string expected, string advice) =>
        new($"'{_path}' holds items of the type '{_type}'{NpyAdvice.Meaning(_type)}. Expected {expected}, little-endian. {advice}");

    private static NpyFile ReadHeader(string path, Stream stream)
    {
        if (stream.CanSeek && ForeignFormat.Name(path, stream) != ForeignFormat.Npy && ForeignFormat.Describe(path, stream) is string other)
        {
            throw new UserException(other);
        }

        byte[] magic = Bytes(path, stream, MagicLength, "the magic bytes and the version");
        if (magic[0] != FirstByte || !magic.AsSpan(1, 5).SequenceEqual("NUMPY"u8))
        {
            throw new UserException($"'{path}' is no NumPy array: it does not begin with the bytes 93 'NUMPY'. Write it with np.save.");
        }

        if (magic[6] is < 1 or > 3)
        {
            throw new UserException($"'{path}' is of version {magic[6]}.{magic[7]} of NumPy's format; versions 1 to 3 can be read.");
        }

        long length = magic[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(Bytes(path, stream, 2, "the header's length"))
            : BinaryPrimitives.ReadUInt32LittleEndian(Bytes(path, stream, 4, "the header's length"));
        if (length > Math.Min(LongestHeader, stream.Length - stream.Position))
        {
            throw new UserException(
                $"'{path}' is damaged: it announces a header of {length} bytes, but {stream.Length - stream.Position} follow. Write it anew.");
        }

        string header = Encoding.UTF8.GetString(Bytes(path, stream, (int)length, "the header"));
        Match type = TypePattern().Match(header), order = OrderPattern().Match(header), shape = ShapePattern().Match(header);
        if (header.Contains("'descr': [", StringComparison.Ordinal))
        {
            throw new UserException($"'{path}' holds records of several columns: {header.Trim()}. {NpyAdvice.ForRecords}");
        }

        if (!type.Success || !order.Success || !shape.Success)
        {
            throw new UserException(
                $"'{path}' has a header that describes no plain array: {header.Trim()}. Expected one type of item, an order and a shape.");
        }

        string[] sizes = shape.Groups[1].Value.Replace("L", "", StringComparison.Ordinal).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        int[] dimensions = new int[sizes.Length];
        long items = 1;
        for (int d = 0; d < sizes.Length; d++)
        {
            if (!int.TryParse(sizes[d], NumberStyles.None, CultureInfo.InvariantCulture, out dimensions[d]) || (items *= dimensions[d]) > Array.MaxLength)
            {
                throw new UserException($"'{path}' has the shape ({shape.Groups[1].Value}), more than an array of 64-bit floats holds here.");
            }
        }

        return new NpyFile(path, stream, type.Groups[1].Value, order.Groups[1].Value == "True", dimensions);
    }

    private TItem[] Items<TItem>(Decoder<TItem> decode, long? mostBytes = null)
    {
        int count = Shape.Aggregate(1, (product, size) => product * size);
        int size = int.TryParse(_type.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int bytes) ? bytes * (_type[1] == 'U' ? 4 : 1)
            : throw new UserException($"'{_path}' is damaged: its header has the type '{_type}', which says no size. Write it anew.");

        // Before any memory is taken: a damaged header may ask for gigabytes.
        long found = _stream.Length - _stream.Position;
        long expected = (long)count * size;
        if (found != expected)
        {
            throw new UserException(
                $"'{_path}' is damaged: its header {ShapeText} of '{_type}' asks for {expected} bytes, found {found}. Write it anew.");
        }

        new ValueBuffer(_path, mostBytes).Require(count);
        var items = new TItem[count];
        byte[] buffer = new byte[Math.Max(1, BufferBytes / Math.Max(1, size)) * size];
        for (int from = 0; from < count && size > 0;)
        {
            int read = Math.Min(buffer.Length / size, count - from);
            _stream.ReadExactly(buffer, 0, read * size);
            for (int i = 0; i < read; i++)
            {
                items[_fortran ? InOrder(from + i) : from + i] = decode(buffer.AsSpan(i * size, size));
            }

            from += read;
        }

        return items;
    }

    /// <summary>Where an item stored in Fortran order, the first index fastest, lies in C order.</summary>
    private int InOrder(int stored)
    {
        int place = 0;
        int stride = Shape.Aggregate(1, (product, size) => product * size);
        foreach (int size in Shape)
        {
            stride /= size;
            place += stored % size * stride;
            stored /= size;
        }

        return place;
    }

    private static byte[] Bytes(string path, Stream stream, int count, string what)
    {
        byte[] bytes = new byte[count];
        int read = stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
        return read == count
            ? bytes
            : throw new UserException($"'{path}' is cut short: expected {count} bytes with {what}, found {read}. Write it anew with np.save.");
    }

    [GeneratedRegex(@"'descr'\s*:\s*'([<>|=][a-zA-Z]\d{0,6}(?:\[\w+\])?)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex OrderPattern();

    // Python 2 wrote its long numbers with an L.
    [GeneratedRegex(@"'shape'\s*:\s*\(((?:\d+L?|[\s,])*)\)")]
    private static partial Regex ShapePattern();
}
