using System.IO.Compression;

namespace AuxLossRnn.Data;

/// <summary>Reads gzipped files so that one that is cut off does not pass for a whole one.</summary>
internal static class Gzip
{
    /// <summary>Decompresses a file.</summary>
    /// <param name="file">The file, which stays open.</param>
    /// <returns>What it holds. Reading it throws <see cref="InvalidDataException"/> where the file is damaged or ends too soon.</returns>
    public static GZipStream Open(Stream file) => new(new Tailed(file), CompressionMode.Decompress);

    /// <summary>Reads what is left, because only at a file's end stand its checksum and its length.</summary>
    /// <param name="content">What <see cref="Open"/> gave. Its own CopyTo would read on behind the end.</param>
    /// <exception cref="InvalidDataException">The file is damaged or ends too soon.</exception>
    public static void ReadToEnd(GZipStream content)
    {
        Span<byte> buffer = stackalloc byte[4096];
        while (content.Read(buffer) > 0)
        {
        }
    }

    /// <summary>A stream, and eight bytes of ones after it, behind which it is an error to read on.</summary>
    /// <remarks>
    /// <see cref="GZipStream"/> ends quietly where its file ends, even if the checksum and the length that stand there are missing, and
    /// then checks neither. Ones in their place are a wrong checksum or length; behind a whole file they are taken for its end.
    /// </remarks>
    private sealed class Tailed(Stream file) : Stream
    {
        private int _left = 2 * sizeof(uint);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int read = file.Read(buffer);
            if (read > 0 || buffer.IsEmpty)
            {
                return read;
            }

            if (_left == 0)
            {
                throw new InvalidDataException("The compressed data ends too soon.");
            }

            int tail = Math.Min(_left, buffer.Length);
            buffer[..tail].Fill(byte.MaxValue);
            _left -= tail;
            return tail;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
