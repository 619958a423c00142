using System.Buffers;
using System.Text;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>Reads UTF-8 line by line in bounded memory. Lines end with LF, CRLF or CR; a byte order mark at the beginning is passed over.</summary>
/// <param name="content">The bytes; they belong to the caller.</param>
/// <param name="file">What errors call the file.</param>
internal sealed class TextLines(Stream content, string file)
{
    private const int Longest = 1 << 24; // as for tables
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _buffer = new byte[1 << 16];
    private byte[] _line = new byte[1 << 10];
    private int _at;
    private int _end;
    private bool _afterReturn;

    /// <summary>The line, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>What it holds.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Reads on to the next line.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="UserException">A line is too long or no UTF-8, or the file cannot be read.</exception>
    public bool Next()
    {
        Line++;
        int length = 0;
        while (true)
        {
            if (_at == _end && !Fill())
            {
                Decode(length);
                return length > 0;
            }

            if (_afterReturn && _buffer[_at] == '\n')
            {
                _at++;
                _afterReturn = false;
                continue;
            }

            _afterReturn = false;
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_at, _end - _at);
            int stop = rest.IndexOfAny((byte)'\n', (byte)'\r');
            ReadOnlySpan<byte> part = stop < 0 ? rest : rest[..stop];
            if (length + part.Length > Longest)
            {
                throw Damaged(Longest + 1, "a line of at most 16 MB", "a longer one", "Put each sequence on a line of its own, or leave this one out.");
            }

            if (length + part.Length > _line.Length)
            {
                Array.Resize(ref _line, Math.Max(2 * _line.Length, length + part.Length));
            }

            part.CopyTo(_line.AsSpan(length));
            (length, _at) = (length + part.Length, _at + part.Length);
            if (stop >= 0)
            {
                _afterReturn = _buffer[_at++] == '\r';
                Decode(length);
                return true;
            }
        }
    }

    /// <summary>An error with its place, as one sentence and what to do.</summary>
    /// <param name="column">The column, from 1.</param>
    /// <param name="expected">What should stand there.</param>
    /// <param name="found">What stands there.</param>
    /// <param name="cure">What to do, as a sentence.</param>
    /// <param name="line">The line; 0 for the one just read.</param>
    public UserException Damaged(int column, string expected, string found, string cure = "Mend the line, or leave it out.", int line = 0) =>
        new($"Line {(line == 0 ? Line : line)}, column {column} of '{file}': expected {expected}, found {found}. {cure}");

    /// <summary>A piece of a line as a message shows it.</summary>
    public static string Shown(ReadOnlySpan<char> piece) => piece.IsWhiteSpace() ? "nothing" : piece.Length <= 40 ? $"'{piece}'" : $"'{piece[..40]}…'";

    private bool Fill()
    {
        try
        {
            (_at, _end) = (0, content.Read(_buffer));
            return _end > 0;
        }
        catch (IOException e)
        {
            throw new UserException($"'{file}' cannot be read in line {Line}: {e.Message}", e);
        }
    }

    private void Decode(int length)
    {
        ReadOnlySpan<byte> bytes = _line.AsSpan(0, length);
        if (Line == 1 && bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        if (bytes.IndexOf((byte)0) is >= 0 and var zero)
        {
            throw Damaged(zero + 1, "text in UTF-8", "a zero byte, as in UTF-16 or in a file cut by a crash", "Save the file as UTF-8.");
        }

        try
        {
            Text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException) when (bytes[0] is (byte)'#' or (byte)'%')
        {
            Text = Encoding.Latin1.GetString(bytes); // a comment: nobody reads it
        }
        catch (DecoderFallbackException)
        {
            int at = 0;
            while (Rune.DecodeFromUtf8(bytes[at..], out _, out int one) == OperationStatus.Done)
            {
                at += one;
            }

            throw Damaged(Encoding.UTF8.GetCharCount(bytes[..at]) + 1, "text in UTF-8", $"the byte 0x{bytes[at]:x2}", "Save the file as UTF-8.");
        }
    }
}
