namespace AuxLossRnn.Data;

/// <summary>A stream to read that knows its length and its place, tells of its progress and can be stopped.</summary>
/// <param name="inner">What is read; closed with this.</param>
/// <param name="length">Its bytes.</param>
/// <param name="progress">Told after every few megabytes and at the end; may be null.</param>
/// <param name="cancellation">Stops between reads.</param>
internal sealed class CountedStream(Stream inner, long length, IProgress<ReadingProgress>? progress, CancellationToken cancellation) : Stream
{
    private const long Between = 1 << 22;

    private long _at;
    private long _told;

    public override bool CanRead => true;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _at;
        set => _at = inner.Position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        int read = inner.Read(buffer);
        _at += read;
        if (_at - _told >= Between || (read == 0 && _told < _at))
        {
            _told = _at;
            progress?.Report(new ReadingProgress(_at, length));
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => _at = inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
