using System.Text;
using AuxLossRnn.Runtime;
using CsCheck;

namespace AuxLossRnn.Data.Tests;

public sealed class CsvReaderTests
{
    private static readonly string[] LineEnds = ["\n", "\r\n", "\r"];

    [Fact]
    public void Fields_come_back_as_they_were_written_with_any_line_end()
    {
        string[] parts = ["a", "\"", ",", "\n", "\r", "\r\n", " ", "é", "日", "😀", "\"\"", ";"];
        Gen<string> field = Gen.Int[0, parts.Length - 1].Array[0, 8].Select(chosen => string.Concat(chosen.Select(i => parts[i])));
        Gen.Select(field.Array[3].Array[0, 12], Gen.Int[0, 2], Gen.Bool, Gen.Bool, Gen.Bool).Sample((rows, lineEnd, mark, last, always) =>
        {
            string end = LineEnds[lineEnd];
            string text = (mark ? "\uFEFF" : "") + string.Join(end, rows.Select(row => string.Join(',', row.Select(one => Quote(one, always))))) + (last && rows.Length > 0 ? end : "");

            string[][] expected = mark && rows.Length == 0 ? [[""]] : rows; // a mark alone makes an empty line
            Assert.Equal(expected, Read(Encoding.UTF8.GetBytes(text)));
        }, iter: 2_000, threads: 1);
    }

    [Fact]
    public void A_row_knows_the_line_it_begins_in()
    {
        using var reader = new CsvReader(new MemoryStream("a,\"b\nc\r\nd\re\"\r\nf,g\rh,i\n\"\r\n\",j\nk,l"u8.ToArray()), "file");
        var lines = new List<int>();
        while (reader.ReadRow())
        {
            lines.Add(reader.Line);
        }

        Assert.Equal([1, 5, 6, 7, 9], lines);
    }

    [Fact]
    public void Rows_longer_than_the_buffer_are_read_whole_however_few_bytes_come_at_a_time()
    {
        string[][] rows = [.. Enumerable.Range(0, 50).Select(i => new[] { $"{i}", new string((char)('a' + (i % 26)), 3_000 * i) + "\r\n\"" })];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join("\r\n", rows.Select(row => string.Join(',', row.Select(one => Quote(one, true))))));

        Assert.Equal(rows, Read(bytes));
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("\r\r\n")]
    public void A_line_end_is_one_wherever_the_buffer_ends(string ends)
    {
        int lines = ends.Count(letter => letter == '\r'); // an LF stands behind a CR only
        for (int offset = 0; offset < ends.Length; offset++)
        {
            string[][] rows = Read(Encoding.UTF8.GetBytes(new string('x', offset) + string.Concat(Enumerable.Repeat(ends, 60_000))));
            Assert.Equal(60_000 * lines, rows.Length);
        }
    }

    public static TheoryData<string, byte[], long, string> Damaged => new()
    {
        { "a quote never closed", "1,a\n2,\"b\nc\nd"u8.ToArray(), 2, "the quote opened in this line is never closed" },
        { "a quote never closed at the end", "1,a\n2,\""u8.ToArray(), 2, "never closed" },
        { "text after a closing quote", "1,a\n\"b\"c,d"u8.ToArray(), 2, "after a closing quote, found 'c'" },
        { "text after a quote of many lines", "\"b\n\r\n\" ,d"u8.ToArray(), 3, "found the byte 0x20" },
        { "a quote in a plain field", "1,a\n2,b\"c"u8.ToArray(), 2, "a quote in a field without quotes" },
        { "a zero byte", "1,a\n2,b\0"u8.ToArray(), 2, "a zero byte" },
        { "a zero byte in quotes", "1,\"a\n\n\0\""u8.ToArray(), 3, "a zero byte" },
        { "Latin 1", [.. "1,a\n\"caf"u8, 0xE9, .. "\",b"u8], 2, "the byte 0xe9, which does not belong there" },
        { "half a character in a field of lines", [.. "1,a\n\"\r\n\n\rx"u8, 0xC3, .. "\",b"u8], 5, "UTF-8" },
        { "UTF-16", [0xFF, 0xFE, (byte)'1', 0, (byte)',', 0], 1, "zero byte" },
        { "an overlong character", [.. "1,"u8, 0xC0, 0x80], 1, "0xc0" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void What_is_malformed_is_refused_with_file_and_line(string name, byte[] content, long line, string found)
    {
        string message = Assert.Throws<UserException>(() => Read(content)).Message;

        Assert.Contains($"The file 'some.csv' is damaged in line {line}: expected ", message);
        Assert.True(message.Contains(found, StringComparison.Ordinal), $"{name}: {message}");
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("1,a\n2,\"b\nc\"\n", 4)]
    public void A_row_too_long_to_be_one_is_refused_with_the_line_it_begins_in(string before, long line)
    {
        string message = Assert.Throws<UserException>(() => Read(Encoding.UTF8.GetBytes(before + "3,\"" + new string('x', 1 << 24)))).Message;

        Assert.Contains($"'some.csv' is damaged in line {line}: expected a row of at most 16 MB, found a longer one, or a quote in it that is never closed", message);
    }

    [Fact]
    public void Data_that_fail_to_come_are_told_with_the_line_reached()
    {
        byte[] rows = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},{i}\n")));
        string Refused(Exception failure)
        {
            using var reader = new CsvReader(new Broken(rows, failure), "some.csv");
            return Assert.Throws<UserException>(() =>
            {
                while (reader.ReadRow())
                {
                    // To where the data end.
                }
            }).Message;
        }

        Assert.Matches("'some.csv' is damaged in line [0-9]{5}: expected intact compressed data", Refused(new InvalidDataException()));
        Assert.Matches("'some.csv' cannot be read in line [0-9]{5}: unplugged", Refused(new IOException("unplugged")));
    }

    private sealed class Broken(byte[] rows, Exception failure) : MemoryStream(rows)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, count) is int read and > 0 ? read : throw failure;
    }

    private static string Quote(string field, bool always) => always || field.Length == 0 || field.AsSpan().IndexOfAny("\",\r\n") >= 0
        ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : field;

    private static string[][] Read(byte[] content)
    {
        using var reader = new CsvReader(new MemoryStream(content), "some.csv");
        var rows = new List<string[]>();
        while (reader.ReadRow())
        {
            string[] row = new string[reader.Columns];
            for (int column = 0; column < row.Length; column++)
            {
                row[column] = Encoding.UTF8.GetString(reader[column]);
            }

            rows.Add(row);
        }

        return [.. rows];
    }
}
