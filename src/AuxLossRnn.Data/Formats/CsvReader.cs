using System.Text;
using System.Text.Unicode;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>Reads comma-separated UTF-8 row by row, strictly: what RFC 4180 does not allow is an error with its line.</summary>
/// <remarks>
/// Lines end with LF, CRLF or CR. A field in quotes may hold commas, line ends and doubled quotes. A byte order mark at the
/// beginning is passed over. Nothing else is: not a quote within a field without quotes, not a zero byte.
/// </remarks>
/// <param name="content">The bytes.</param>
/// <param name="file">What errors call it.</param>
internal sealed class CsvReader(Stream content, string file)
{
    private const int End = -1;

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly List<int> _ends = [];
    private byte[] _row = new byte[1 << 10];
    private int _length;
    private int _next;
    private int _filled;
    private bool _ended;
    private bool _begun;
    private long _line = 1;

    /// <summary>The line that the row begins in, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The columns of the row.</summary>
    public int Columns => _ends.Count;

    /// <summary>A field of the row, valid UTF-8 without its quotes; until the next row is read.</summary>
    /// <param name="column">Which one, from 0.</param>
    public ReadOnlySpan<byte> this[int column] =>
        _row.AsSpan(column == 0 ? 0 : _ends[column - 1], _ends[column] - (column == 0 ? 0 : _ends[column - 1]));

    /// <summary>Reads the next row.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="UserException">The file is malformed or unreadable; the message names it and the line.</exception>
    public bool ReadRow()
    {
        if (!_begun)
        {
            _begun = true;
            PassOverByteOrderMark();
        }

        _ends.Clear();
        (_length, Line) = (0, _line);
        int next = Take();
        if (next == End)
        {
            return false;
        }

        while (true)
        {
            (int start, long line) = (_length, _line);
            next = next == '"' ? ReadQuoted() : ReadPlain(next);
            CheckText(start, line);
            _ends.Add(_length);
            if (next != ',')
            {
                return true;
            }

            next = Take();
        }
    }

    /// <summary>An error with the file and the line.</summary>
    public UserException Malformed(long line, string expected, string found, Exception? cause = null)
    {
        string message = $"The file '{file}' is damaged in line {line}: expected {expected}, found {found}. "
            + "Delete it and place a good one there.";
        return cause is null ? new UserException(message) : new UserException(message, cause);
    }

    /// <returns>What ended the field: a comma, a line end or the end of the file.</returns>
    private int ReadPlain(int first)
    {
        int next = first;
        while (!EndsField(next))
        {
            if (next == '"')
            {
                throw Malformed(_line, "quotes around a whole field, and doubled within it", "a quote in a field without quotes");
            }

            Append(next);
            next = Take();
        }

        return next;
    }

    private int ReadQuoted()
    {
        long opened = _line;
        while (true)
        {
            int next = Take();
            if (next == End)
            {
                throw Malformed(opened, "a closing quote", "the end of the file: the quote opened in this line is never closed");
            }

            if (next != '"')
            {
                Append(next);
                continue;
            }

            (long line, next) = (_line, Take());
            if (EndsField(next))
            {
                return next;
            }

            if (next != '"')
            {
                throw Malformed(
                    line, "a comma or the end of the line after a closing quote",
                    next is > ' ' and < 127 ? $"'{(char)next}'" : $"the byte 0x{next:x2}");
            }

            Append(next);
        }
    }

    private bool EndsField(int next)
    {
        if (next == '\r' && Peek() == '\n')
        {
            Take();
        }

        return next is ',' or '\n' or '\r' or End;
    }

    private void Append(int one)
    {
        if (one == 0)
        {
            throw Malformed(_line, "text", "a zero byte");
        }

        if (_length == _row.Length)
        {
            Array.Resize(ref _row, 2 * _length);
        }

        _row[_length++] = (byte)one;
    }

    private void CheckText(int start, long line)
    {
        ReadOnlySpan<byte> field = _row.AsSpan(start, _length - start);
        if (Utf8.IsValid(field))
        {
            return;
        }

        for (int i = 0; i < field.Length;)
        {
            if (Rune.DecodeFromUtf8(field[i..], out _, out int bytes) != System.Buffers.OperationStatus.Done)
            {
                throw Malformed(line, "text in UTF-8", $"the byte 0x{field[i]:x2}, which does not belong there");
            }

            line += field[i] == '\n' || (field[i] == '\r' && (i + 1 == field.Length || field[i + 1] != '\n')) ? 1 : 0;
            i += bytes;
        }
    }

    private void PassOverByteOrderMark()
    {
        if (Peek() == 0xEF && _filled >= 3 && _buffer[1] == 0xBB && _buffer[2] == 0xBF)
        {
            _next = 3;
        }
    }

    private int Take()
    {
        int next = Peek();
        if (next == End)
        {
            return End;
        }

        _next++;
        if (next == '\n' || (next == '\r' && Peek() != '\n'))
        {
            _line++;
        }

        return next;
    }

    private int Peek()
    {
        if (_next == _filled && !_ended)
        {
            try
            {
                (_next, _filled) = (0, content.ReadAtLeast(_buffer, _buffer.Length, throwOnEndOfStream: false));
            }
            catch (InvalidDataException e)
            {
                throw Malformed(_line, "intact compressed data", "data that cannot be decompressed or has another checksum", e);
            }
            catch (IOException e)
            {
                throw new UserException($"The file '{file}' cannot be read in line {_line}: {e.Message}", e);
            }

            _ended = _filled == 0;
        }

        return _next < _filled ? _buffer[_next] : End;
    }
}
