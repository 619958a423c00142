using System.Buffers;
using System.Text;
using System.Text.Unicode;
using AuxLossRnn.Runtime;
using nietras.SeparatedValues;

namespace AuxLossRnn.Data;

/// <summary>Reads separated UTF-8 row by row, strictly: what RFC 4180 does not allow is an error with its line.</summary>
/// <remarks>
/// Lines end with LF, CRLF or CR. A field in quotes may hold separators, line ends and doubled quotes. A byte order mark at the
/// beginning is passed over. Sep finds the rows and their fields, but takes any quotes and bytes for good: those are checked here.
/// </remarks>
/// <param name="content">The bytes; closed with this.</param>
/// <param name="file">What errors call it.</param>
/// <param name="separator">What stands between fields: ASCII.</param>
internal sealed class CsvReader(Stream content, string file, char separator = ',') : IDisposable
{
    // A character a byte: only so is the place of a byte known that is no UTF-8.
    private readonly StreamReader _text = new(content, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, 1 << 16);
    private readonly List<Range> _fields = [];
    private SepReader? _rows;
    private byte[] _row = new byte[1 << 10];
    private int _next = 1;

    /// <summary>The line that the row begins in, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>The columns of the row.</summary>
    public int Columns => _fields.Count;

    /// <summary>Whether the row is an empty line, or an empty field alone.</summary>
    public bool IsBlank => Columns == 1 && this[0].IsEmpty;

    /// <summary>A field of the row, valid UTF-8 without its quotes; until the next row is read.</summary>
    /// <param name="column">Which one, from 0.</param>
    public ReadOnlySpan<byte> this[int column] => _row.AsSpan(_fields[column]);

    /// <summary>Reads the next row.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="UserException">The file is malformed or unreadable; the message names it and the line.</exception>
    public bool ReadRow()
    {
        Line = _next;
        if (!Advance())
        {
            return false;
        }

        SepReader.Row row = _rows!.Current;
        _next = row.LineNumberToExcl;
        ReadOnlySpan<char> text = row.Span;
        if (_row.Length < text.Length)
        {
            _row = new byte[2 * text.Length];
        }

        Encoding.Latin1.GetBytes(text, _row);
        CheckText(_row.AsSpan(0, text.Length));
        _fields.Clear();
        int start = 0;
        for (int column = 0; column < row.ColCount; column++)
        {
            int end = start + row[column].Span.Length;
            bool marked = Line == 1 && column == 0 && _row.AsSpan(0, end).StartsWith(Encoding.UTF8.Preamble);
            _fields.Add(Field(marked ? Encoding.UTF8.Preamble.Length : start, end));
            start = end + 1;
        }

        return true;
    }

    /// <summary>An error with the file and the line.</summary>
    public UserException Malformed(int line, string expected, string found, Exception? cause = null)
    {
        string message = $"The file '{file}' is damaged in line {line}: expected {expected}, found {found}. "
            + "Correct it, or place a good one there.";
        return cause is null ? new UserException(message) : new UserException(message, cause);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows?.Dispose();
        _text.Dispose();
    }

    private bool Advance()
    {
        try
        {
            _rows ??= Sep.New(separator).Reader(options => options with { HasHeader = false, DisableColCountCheck = true }).From(_text);
            return _rows.MoveNext();
        }
        catch (NotSupportedException e)
        {
            throw Malformed(Line, "a row of at most 16 MB", "a longer one, or a quote in it that is never closed", e);
        }
        catch (InvalidDataException e)
        {
            throw Malformed(Line, "intact compressed data", "data that cannot be decompressed or has another checksum", e);
        }
        catch (IOException e)
        {
            throw new UserException($"The file '{file}' cannot be read in line {Line}: {e.Message}", e);
        }
    }

    private void CheckText(ReadOnlySpan<byte> row)
    {
        if (row.IndexOf((byte)0) is int zero and >= 0)
        {
            throw Malformed(LineAt(zero), "text in UTF-8", "a zero byte");
        }

        if (!Utf8.IsValid(row))
        {
            int at = 0;
            while (Rune.DecodeFromUtf8(row[at..], out _, out int bytes) == OperationStatus.Done)
            {
                at += bytes;
            }

            throw Malformed(LineAt(at), "text in UTF-8", $"the byte 0x{row[at]:x2}, which does not belong there");
        }
    }

    /// <summary>What a field holds; that of quotes is moved to its beginning, where doubled ones are one.</summary>
    private Range Field(int start, int end)
    {
        if (start == end || _row[start] != '"')
        {
            int quote = _row.AsSpan(start..end).IndexOf((byte)'"');
            return quote < 0
                ? start..end
                : throw Malformed(LineAt(start + quote), "quotes around a whole field, and doubled within it", "a quote in a field without quotes");
        }

        int filled = start;
        for (int from = start + 1; ; from++)
        {
            int length = _row.AsSpan(from..end).IndexOf((byte)'"');
            if (length < 0)
            {
                throw Malformed(LineAt(start), "a closing quote", "the end of the file: the quote opened in this line is never closed");
            }

            _row.AsSpan(from, length).CopyTo(_row.AsSpan(filled));
            (filled, from) = (filled + length, from + length + 1);
            if (from == end)
            {
                return start..filled;
            }

            if (_row[from] != '"')
            {
                string found = _row[from] is > (byte)' ' and < 127 ? $"'{(char)_row[from]}'" : $"the byte 0x{_row[from]:x2}";
                throw Malformed(LineAt(from), $"'{separator}' or the end of the line after a closing quote", found);
            }

            _row[filled++] = (byte)'"';
        }
    }

    private int LineAt(int place)
    {
        ReadOnlySpan<char> before = _rows!.Current.Span[..place];
        return Line + before.Count('\n') + before.Count('\r') - before.Count("\r\n");
    }
}
