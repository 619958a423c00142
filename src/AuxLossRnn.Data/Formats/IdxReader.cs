using System.Buffers.Binary;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>The content of an IDX file from its beginning, decompressed where it is gzipped, and the errors about it.</summary>
internal sealed class IdxReader : IDisposable
{
    private const int FirstAllocation = 1 << 20;

    private readonly string _path;
    private readonly Stream _content;
    private long _offset;

    private IdxReader(string path, Stream content)
    {
        _path = path;
        _content = content;
    }

    /// <summary>Opens a file; whether it is gzipped shows in its first two bytes, whatever its name.</summary>
    public static IdxReader Open(string path)
    {
        try
        {
            FileStream file = File.OpenRead(path);
            bool gzipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            return new IdxReader(path, gzipped ? new Gzip(file) : file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The IDX file '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a big-endian 32-bit number of the header.</summary>
    public uint ReadNumber(string what)
    {
        long start = _offset;
        Span<byte> bytes = stackalloc byte[4];
        int read = Read(bytes);
        return read == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : throw Malformed(start, $"four bytes with {what}", $"the end of the file after {read} of them");
    }

    /// <summary>Reads the rest of the file, which must have exactly this length.</summary>
    public byte[] ReadBody(int length)
    {
        // Grows as the content comes: a damaged header must not make us allocate gigabytes.
        long start = _offset;
        byte[] body = new byte[Math.Min(length, FirstAllocation)];
        int done = Read(body);
        while (done == body.Length && done < length)
        {
            Array.Resize(ref body, (int)Math.Min(length, 2L * done));
            done += Read(body.AsSpan(done));
        }

        if (done < length)
        {
            throw Malformed(start + done, $"{length} bytes after the header", $"the end of the file after {done} of them");
        }

        if (Read(stackalloc byte[1]) != 0)
        {
            throw Malformed(start + length, $"the end of the file after {length} bytes of content", "more bytes");
        }

        return body;
    }

    /// <summary>An error with the file and the place in it.</summary>
    public UserException Malformed(long offset, string expected, string found, Exception? cause = null)
    {
        string place = $"byte offset {offset}{(_content is Gzip ? " of its decompressed content" : "")}";
        string message = $"The IDX file '{_path}' is damaged at {place}: expected {expected}, found {found}. "
            + "Delete it and place a good one there, or fetch it anew with `auxloss data fetch mnist`.";
        return cause is null ? new UserException(message) : new UserException(message, cause);
    }

    /// <inheritdoc/>
    public void Dispose() => _content.Dispose();

    private int Read(Span<byte> buffer)
    {
        try
        {
            int read = _content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            _offset += read;
            return read;
        }
        catch (InvalidDataException e)
        {
            throw Malformed(_offset, "intact gzip data", "data that cannot be decompressed or has another checksum", e);
        }
        catch (IOException e)
        {
            throw new UserException($"The IDX file '{_path}' cannot be read at byte offset {_offset}: {e.Message}", e);
        }
    }
}
