using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using AuxLossRnn.Runtime;
using CsCheck;

namespace AuxLossRnn.Data.Tests;

public sealed class OwnSequencesCsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _tables;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_as_a_table_is_read_again() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 5], Gen.Int[1, 3], Gen.Char[",;\t"], Gen.Bool, Gen.Int[0, 2]).SelectMany((count, steps, features, separator, header, end) =>
            Gen.Float[-1e30f, 1e30f].Array[features].Array[steps].Array[count].Select(values => (values, separator, header, end))).Sample(table =>
        {
            (float[][][] values, char separator, bool header, int end) = table;
            string newLine = new[] { "\n", "\r\n", "\r" }[end];
            var text = new StringBuilder();
            string name(int i) => $"\"it's{separator} \"\"{i % 2}\"\"\"";
            if (header)
            {
                text.Append("class").Append(string.Concat(Enumerable.Range(0, values[0].Length * values[0][0].Length).Select(i => $"{separator}v{i}"))).Append(newLine);
            }

            text.AppendJoin(newLine, values.Select((one, i) => name(i) + string.Concat(one.SelectMany(step => step)
                .Select(x => string.Create(CultureInfo.InvariantCulture, $"{separator}{x:R}")))));
            string path = Write(text.ToString());
            OwnSequences own = header
                ? OwnSequences.FromCsv(path, "class", channels: values[0][0].Length, separator: separator)
                : OwnSequences.FromCsv(path, 0, header: false, values[0][0].Length, separator);

            Assert.Equal((values.Length, values[0].Length, values[0][0].Length), (own.Count, own.Steps, own.Features));
            for (int i = 0; i < own.Count; i++)
            {
                for (int t = 0; t < own.Steps; t++)
                {
                    Assert.Equal(values[i][t], own.ValuesAt(i, t).ToArray().Select(value => (float)value));
                }
            }

            Assert.Equal(values.Select((_, i) => i % 2), own.Indices([$"it's{separator} \"0\"", $"it's{separator} \"1\""]));
        }, iter: 100, threads: 1);

    [Fact]
    public void The_label_may_be_in_any_column()
    {
        string path = Write("a,class,b\n1,x,2\n3,y,4\n\n");

        foreach (OwnSequences own in new[] { OwnSequences.FromCsv(path, "class"), OwnSequences.FromCsv(path, 1) })
        {
            Assert.Equal([1], own.ValuesAt(0, 0));
            Assert.Equal([4], own.ValuesAt(1, 1));
            Assert.Equal([0, 1], own.Indices(["x", "y"]));
        }

        Assert.Equal([0, 1], OwnSequences.FromCsv(Write("1,2,x\n3,4,y"), -1, header: false).Indices(["x", "y"]));
        Assert.Equal(3, OwnSequences.FromCsv(Write("1,2,9\n3,4,9"), header: false).Steps);
    }

    [Theory]
    [InlineData("0,1,2\n7,8,9\n", null)]
    [InlineData("1,2,3\n7,8,9\n", null)]
    [InlineData("class,0,1,2\nx,7,8,9\ny,7,8,9\n", 0)]
    [InlineData("class,1,2,3\nx,7,8,9\ny,7,8,9\n", 0)]
    [InlineData("0,1,2,class\n7,8,9,x\n7,8,9,y\n", -1)]
    [InlineData("0,1,2,3\n0,7,8,9\n1,7,8,9\n", 0)]
    [InlineData("0,1,2,3\n7,0,8,9\n7,1,8,9\n", 1)]
    public void Numbers_that_count_columns_are_a_header(string text, int? label)
    {
        OwnSequences own = label is int column ? OwnSequences.FromCsv(Write(text), column) : OwnSequences.FromCsv(Write(text));

        Assert.Equal(text.Count(letter => letter == '\n') - 1, own.Count);
        Assert.Equal([7], own.ValuesAt(0, 0));
    }

    [Fact]
    public void A_sequence_is_not_lost_as_a_header()
    {
        AssertRefused(() => OwnSequences.FromCsv(Write("x,5,2,3\ny,4,5,6\n"), 0), "reads like a sequence: x, 5, 2, 3", "header: false");
        AssertRefused(() => OwnSequences.FromCsv(Write("x,1,2,3\ny,4,5,6\nx,7,8,9\n"), 0), "reads like a sequence: x, 1, 2, 3", "header: false");
        AssertRefused(() => OwnSequences.FromCsv(Write("1.5,2,x\n4,5,y\n"), -1), "reads like a sequence: 1.5, 2, x");

        // Wavelengths, say: the label's name tells that this is a header.
        Assert.Equal(2, OwnSequences.FromCsv(Write("class,400,410\nx,5,2\ny,4,5\n"), "class").Count);
    }

    [Fact]
    public void An_index_without_a_name_is_no_channel_of_the_long_form() => AssertRefused(
        () => OwnSequences.FromLongCsv(Write(",id,t,x\n0,a,1,5\n1,a,2,6\n"), "id", "t"), "Column 1 of", "index=False");

    [Fact]
    public void The_text_of_a_row_is_not_kept()
    {
        using var table = CsvFile.Open(Write("a,b\n1,2\n3,4\n5,6\n"), header: true, ',');
        using IEnumerator<CsvRow> rows = table.Rows().GetEnumerator();
        WeakReference second = Second(rows);
        Assert.True(rows.MoveNext());
        GC.Collect();

        Assert.False(second.IsAlive);
        Assert.Equal(["5", "6"], rows.Current.Cells);

        [MethodImpl(MethodImplOptions.NoInlining)] // or the stack would keep it
        static WeakReference Second(IEnumerator<CsvRow> rows)
        {
            Assert.True(rows.MoveNext() && rows.MoveNext());
            return new WeakReference(rows.Current);
        }
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_name() =>
        Assert.Equal(1, OwnSequences.FromCsv(Write("\ufeffclass,a\nx,1\n"), "class").Steps);

    [Fact]
    public void Rows_of_the_long_form_are_put_in_order()
    {
        string path = Write("t,who,x,class,y\n10,b,5,up,6\n2,a,1,down,2\n2.5,b,3,up,4\n9,a,7,down,8\n");
        var own = OwnSequences.FromLongCsv(path, "who", "t", "class");

        Assert.Equal((2, 2, 2), (own.Count, own.Steps, own.Features));
        Assert.Equal([3, 4], own.ValuesAt(0, 0));
        Assert.Equal([5, 6], own.ValuesAt(0, 1));
        Assert.Equal([7, 8], own.ValuesAt(1, 1));
        Assert.Equal([1, 0], own.Indices(["down", "up"]));
        Assert.Equal(["b", "a"], own.Names);
        Assert.Null(OwnSequences.FromCsv(Write("a\n1\n")).Names);
    }

    [Fact]
    public void Sequences_of_the_long_form_may_differ_in_length()
    {
        string path = Write("t,who,x,class\n1,b,5,up\n2,a,1,down\n2,b,3,up\n3,b,7,up\n");
        var own = OwnSequences.FromLongCsv(path, "who", "t", "class", lengthsDiffer: true);

        Assert.Equal((2, 3, 3, 1), (own.Count, own.Steps, own.Length(0), own.Length(1)));
        Assert.Equal([7], own.ValuesAt(0, 2));
        Assert.Equal([1], own.ValuesAt(1, 0));
        Assert.Equal([1, 0], own.Indices(["down", "up"]));
    }

    [Fact]
    public void Times_may_be_seconds_of_our_days()
    {
        var own = OwnSequences.FromLongCsv(Write("id,t,x,c\na,1700000001.5,2,k\na,1700000001.25,1,k\n"), "id", "t", "c");

        Assert.Equal([1], own.ValuesAt(0, 0));
        Assert.Equal([2], own.ValuesAt(0, 1));
    }

    [Fact]
    public void Letters_that_are_no_UTF_8_are_refused() => AssertRefused(
        () => OwnSequences.FromCsv(_folder.Write("latin.csv", Encoding.Latin1.GetBytes("class,a\nx,1\nè,2\n")), "class"), "latin.csv", "in line 3: expected text in UTF-8");

    [Fact]
    public void UTF_16_is_refused() => AssertRefused(
        () => OwnSequences.FromCsv(_folder.Write("wide.csv", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("class,a\nx,1\n")]), "class"),
        "wide.csv", "is text in UTF-16, as its line 1 tells from column 1 on", "Save it as UTF-8.");

    [Theory]
    [InlineData(' ')]
    [InlineData('|')]
    [InlineData('~')]
    public void Any_character_of_ASCII_separates(char separator) =>
        Assert.Equal(2, OwnSequences.FromCsv(Write($"x{separator}1{separator}2\ny{separator}3{separator}4"), 0, header: false, separator: separator).Steps);

    [Theory]
    [InlineData('"')]
    [InlineData('#')]
    [InlineData('\n')]
    [InlineData('\0')]
    [InlineData('\x7f')]
    [InlineData('§')]
    public void What_cannot_separate_is_refused(char separator) =>
        AssertRefused(() => OwnSequences.FromCsv(Write("x,1,2\n"), 0, header: false, separator: separator), $"'{separator}' cannot separate", "a comma");

    [Theory]
    [InlineData("a,b\n1,x\n", "Line 2, column 2 of", "is 'x', but must be a finite number")]
    [InlineData("a,b\n1,2\n1,\n", "Line 3, column 2 of", "is empty")]
    [InlineData("a,b\n1,NaN\n", "Line 2, column 2 of", "is 'NaN'")]
    [InlineData("a,b\n1,-Infinity\n", "Line 2, column 2 of", "is '-Infinity'")]
    [InlineData("a,b\n1,1e600\n", "Line 2, column 2 of", "is '1e600'")]
    [InlineData("a,b\n\n\"1\n\",2\n1,2,3\n", "Line 5 of", "has 3 columns, but line 1 has 2")]
    [InlineData("a,b\n", "holds no sequence below its header", "Expected a row for each")]
    [InlineData("", "holds no sequence", "Expected a row for each")]
    [InlineData("4,2\n3,4\n", "Line 1 of", "reads like a sequence: 4, 2. If it is one, read the table with header: false")]
    [InlineData("0,1,3\n3,4,5\n", "Line 1 of", "reads like a sequence: 0, 1, 3")]
    [InlineData("0.0,1.0\n3,4\n", "Line 1 of", "reads like a sequence: 0.0, 1.0")]
    [InlineData(",a,b\n0,1,2\n1,3,4\n", "Column 1 of", "to_csv(path, index=False)")]
    [InlineData("a,b, \n0,1,2\n", "Column 3 of", "has no name in line 1, the header")]
    [InlineData("a,b\n\"3\"5,1\n", "in line 2", "after a closing quote, found '5'")]
    [InlineData("a,b\n1,\"2\n\" \n", "in line 3", "after a closing quote, found the byte 0x20")]
    [InlineData("a,b\n5\",1\n", "in line 2", "a quote in a field without quotes")]
    [InlineData("a,\"b\n1,2\n", "in line 1", "never closed")]
    public void A_table_that_cannot_be_read_is_refused_with_its_place(string text, string place, string what) =>
        AssertRefused(() => OwnSequences.FromCsv(Write(text)), place, what);

    [Fact]
    public void Columns_that_do_not_fit_are_refused()
    {
        string path = Write("class,a,b,c\nx,1,2,3\n,4,5,6\n");

        AssertRefused(() => OwnSequences.FromCsv(path, "class"), "Line 3, column 1 of", "is empty, but must be the label");
        AssertRefused(() => OwnSequences.FromCsv(path, "klass"), "has no columns 'klass'", "class, a, b, c");
        AssertRefused(() => OwnSequences.FromCsv(Write("class;a\nx;1\n"), "class"), "has no columns 'class'", "say separator: ';'");
        AssertRefused(() => OwnSequences.FromCsv(Write("a,a\n1,2"), "a"), "has several columns 'a'");
        AssertRefused(() => OwnSequences.FromCsv(path, "class", header: false), "without a header", "column's number");
        AssertRefused(() => OwnSequences.FromCsv(path, 4), "has 4 columns", "choose 0 … 3, or -1");
        AssertRefused(() => OwnSequences.FromCsv(path, 0, channels: 2), "3 columns of values", "whole steps of 2 channels");
        AssertRefused(() => OwnSequences.FromCsv(Write("class,a\nx,1\n"), 0, header: false), "Line 1, column 2 of", "If this line is a header, say header: true");
        AssertRefused(() => OwnSequences.FromCsv(Write("class\nx\n"), 0), "has no column of values beside the label's.");
        AssertRefused(() => OwnSequences.FromCsv(Path.Combine(_folder.Path, "none.csv")), "cannot be read", "none.csv");
    }

    [Theory]
    [InlineData("id,t,x,c\na,1,1,k\na,1,2,k\n", "Lines 2 and 3 of", "are both step '1' of sequence 'a'")]
    [InlineData("id,t,x,c\na,1,1,k\nb,1,2,k\nb,2,2,k\n", "Sequence 'b' of", "has 2 steps, but sequence 'a' has 1")]
    [InlineData("id,t,x,c\na,1,1,k\na,2,2,m\n", "Line 3 of", "labels sequence 'a' 'm', but line 2 labels it 'k'")]
    [InlineData("id,t,x,c\na,1,1,\n", "Line 2, column 4 of", "must be the label")]
    [InlineData("id,t,x,c\na,one,1,k\n", "Line 2, column 2 of", "is 'one'")]
    [InlineData("id,t,x,c\n,1,1,k\n", "Line 2, column 1 of", "must be the sequence's name")]
    [InlineData("id,t,c\na,1,k\n", "holds no channel", "[1, 1, 0]")]
    [InlineData("id,t,x\na,1,1\n", "has no columns 'c'", "id, t, x")]
    public void A_long_table_that_makes_no_sequences_is_refused(string text, string place, string what) =>
        AssertRefused(() => OwnSequences.FromLongCsv(Write(text), "id", "t", "c"), place, what);

    [Fact]
    public void Any_text_is_a_set_or_a_sentence() => Gen.String["ab1,.\"\n\r -eN"].Sample(text =>
    {
        try
        {
            OwnSequences.FromCsv(Write(text), 0, header: false);
        }
        catch (UserException)
        {
            // The only exception it may throw.
        }
    }, iter: 1_000, threads: 1);

    private string Write(string text) => _folder.Write($"table{_tables++}.csv", Encoding.UTF8.GetBytes(text));

    private static void AssertRefused(Func<object> act, params string[] parts)
    {
        string message = Assert.Throws<UserException>(act).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
