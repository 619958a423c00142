using System.IO.Compression;

namespace AuxLossRnn.Data;

/// <summary>What a gzipped file holds, to be read once from its beginning.</summary>
/// <remarks>
/// <see cref="GZipStream"/> takes a file that is cut off for a whole one, checksum or not, and so it does where rubbish follows. Therefore
/// a small file of known content is read behind it, as one more member: only where that content comes out at the end was everything before
/// it whole. It is held back from the reader.
/// </remarks>
internal sealed class Gzip : Stream
{
    private static readonly byte[] Mark = [.. "whole, to the end"u8];
    private static readonly byte[] MarkMember = Compress(Mark);

    private readonly GZipStream _content;
    private readonly byte[] _held = new byte[1 << 16];
    private int _start;
    private int _count;
    private bool _ended;

    /// <summary>Reads a file.</summary>
    /// <param name="file">The compressed file; it is closed with this.</param>
    public Gzip(Stream file) => _content = new GZipStream(new Followed(file, MarkMember), CompressionMode.Decompress);

    /// <summary>Reads some bytes.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, ends too soon or has something else behind its end.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!_ended && _count <= Mark.Length)
        {
            _held.AsSpan(_start, _count).CopyTo(_held);
            _start = 0;
            int read = _content.Read(_held, _count, _held.Length - _count);
            _count += read;
            _ended = read == 0;
            if (_ended && !_held.AsSpan(0, _count).EndsWith(Mark))
            {
                throw new InvalidDataException("The compressed data ends too soon, or something else follows it.");
            }
        }

        int some = Math.Min(_count - Mark.Length, buffer.Length);
        _held.AsSpan(_start, some).CopyTo(buffer);
        _start += some;
        _count -= some;
        return some;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] content)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    /// <summary>A stream, and some bytes after it.</summary>
    private sealed class Followed(Stream first, byte[] then) : MemoryStream(then)
    {
        public override int Read(Span<byte> buffer) => first.Read(buffer) is int read and > 0 ? read : base.Read(buffer);

        public override int Read(byte[] buffer, int offset, int count) =>
            first.Read(buffer, offset, count) is int read and > 0 ? read : base.Read(buffer, offset, count);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                first.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
