using System.Text;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data.Tests;

public sealed class TsFileTests : IDisposable
{
    private const string Plain = "# told\n@problemName Gait\n@timeStamps false\n@univariate false\n@dimensions 2\n@equalLength true\n@seriesLength 3\n@classLabel true left right\n@data\n1,2,3:4,5,6:left\n7,8,9:10,11,12:right\n";
    private const string Free = "@equalLength false\n@classLabel true left right\n@data\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\n", false)]
    [InlineData("\r\n", false)]
    [InlineData("\r", false)]
    [InlineData("\n", true)]
    public void Any_line_ending_and_a_byte_order_mark_are_read(string end, bool mark)
    {
        OwnSequences own = Open(Plain.Replace("\n", end, StringComparison.Ordinal), mark);

        Assert.Equal((2, 3, 2, false), (own.Count, own.Steps, own.Features, own.LengthsDiffer));
        Assert.Equal([1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12], Values(own));
        Assert.Equal([0, 1], own.Indices(["left", "right"]));
        Assert.Equal("a .ts file of the UCR and UEA archives", own.TakenFor);
    }

    [Fact]
    public void Missing_values_comments_blank_lines_and_spaces_are_read()
    {
        OwnSequences own = Open("% told\n@CLASSLABEL TRUE left right\n\n@Data\n# between\n1,?,NaN : left\n\n% and here: 1,2\n nan , 5 , 1e1 : right \n");

        Assert.Equal([1, double.NaN, double.NaN, double.NaN, 5, 10], Values(own));
        Assert.Equal(["Step 1 of sequence 0", "Step 2 of sequence 0", "Step 0 of sequence 1"], own.MissingPlaces());
        Assert.Equal([0, 1], own.Indices(["left", "right"]));
    }

    [Theory]
    [InlineData("@dimensions 1\n@classLabel true New York York: north\n@data\n1,2:New York\n3,4:York: north\n", "New York", "York: north")]
    [InlineData("@univariate true\n@classLabel true\n@data\n1,2:12:30 o'clock, \"noon\"\n3,4:è\n", "12:30 o'clock, \"noon\"", "è")]
    [InlineData("@classLabel true -1 +1\n@data\n1,2:-1\n3,4:+1\n", "-1", "+1")]
    public void A_class_may_be_any_text(string text, params string[] classes)
    {
        OwnSequences own = Open(text);

        Assert.Equal(1, own.Features);
        Assert.Equal([0, 1], own.Indices(classes));
    }

    [Fact]
    public void Lengths_may_differ_and_labels_may_lack()
    {
        OwnSequences own = Open("@equalLength false\n@classLabel false\n@data\n1,2,3:4,5,6\n7:8\n");

        Assert.Equal((2, 3, 2, true, 1), (own.Count, own.Steps, own.Features, own.LengthsDiffer, own.Length(1)));
        Assert.Contains("has no labels", Assert.Throws<UserException>(() => own.Split(0, 0)).Message, StringComparison.Ordinal);
        Assert.True(Open("@equalLength false\n@classLabel true a b\n@data\n1,2:a\n3,4:b\n").LengthsDiffer); // in the test file they may
    }

    [Fact]
    public void Times_tell_the_order_alone()
    {
        OwnSequences own = Open(
            "@timeStamps true\n@dimensions 2\n@classLabel true a b\n@data\n(2007-01-01 00:00:00,1),(2007-01-01 00:01:00,?):(0,3),(0.5,4):a\n(1,5),(2,6):(1,7),(2,8):b\n");

        Assert.Equal([1, 3, double.NaN, 4, 5, 7, 6, 8], Values(own));
        Assert.EndsWith("its times tell the order of the steps, and are not read", own.TakenFor, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, "the tag @classLabel before @data", "none", "@data\n1,2:a\n")]
    [InlineData(1, 1, "a tag such as @classLabel, or @data before the first sequence", "'1,2:a'", "1,2:a\n")]
    [InlineData(3, 1, "a tag such as @classLabel, or @data", "'1,2:left'", "@equalLength true\n@classLabel true left right\n1,2:left\n")]
    [InlineData(2, 1, "the tag @data", "the end of the file", "@classLabel true a b\n")]
    [InlineData(3, 1, "a line for each sequence below @data", "the end of the file", "@classLabel true a b\n@data\n")]
    [InlineData(1, 1, "@classLabel true and the names of the classes, or @classLabel false", "'a b'", "@classLabel a b\n@data\n1:a\n")]
    [InlineData(1, 1, "classes", "@targetLabel, a number to estimate", "@targetLabel true\n@data\n1:2\n")]
    [InlineData(1, 1, "@equalLength true or @equalLength false", "'maybe'", "@equalLength maybe\n@classLabel true a\n@data\n1:a\n")]
    [InlineData(1, 1, "@dimensions and a number of at least 1", "'0'", "@dimensions 0\n@classLabel true a\n@data\n1:a\n")]
    [InlineData(4, 3, "a finite number, or ? or NaN for a missing one", "'x'", Free + "1,x:left\n")]
    [InlineData(4, 3, "a finite number, or ? or NaN for a missing one", "nothing", Free + "1,,2:left\n")]
    [InlineData(4, 1, "a finite number, or ? or NaN for a missing one", "'1e999'", Free + "1e999:left\n")]
    [InlineData(4, 1, "a finite number, or ? or NaN for a missing one", "'1\u22122'", Free + "1\u22122:left\n")]
    [InlineData(4, 5, "a class that line 2 declares: left right", "'lef'", Free + "1,2:lef")]
    [InlineData(4, 5, "a class that line 2 declares: left right", "nothing", Free + "1,2:")]
    [InlineData(5, 4, "1 channel and the class, separated by ':'", "the end of the line after 1", Free + "1,2:left\n1,2\n")]
    [InlineData(5, 5, "2 channels and the class, separated by ':'", "the end of the line after 2", Free + "1:2:left\n1:20\n")]
    [InlineData(4, 10, "2 values of channel 1, as channel 0 of this line has", "3", Free + "1,2:3,4,5:left\n")]
    public void Damage_is_told_with_its_line_and_column(int line, int column, string expected, string found, string text)
    {
        string message = Refusal(() => Open(text));

        Assert.StartsWith($"Line {line}, column {column} of '{_folder["x.ts"]}': expected {expected}", message, StringComparison.Ordinal);
        Assert.Contains($", found {found}", message, StringComparison.Ordinal);
        Assert.Single(message.Split('\n'));
    }

    [Theory]
    [InlineData("3,4:5,6:left", "Line 10, column 4", "3 values of channel 0, as @seriesLength says")]
    [InlineData("3,4,5:6,7,8:9,1,2:left", "Line 10, column 13", "right")]
    [InlineData("3,4,5:left", "Line 10, column 7", "a finite number")]
    public void A_row_that_is_short_or_has_another_channel_is_told(string row, string place, string what)
    {
        string message = Refusal(() => Open(Plain.Replace("1,2,3:4,5,6:left", row, StringComparison.Ordinal)));

        Assert.StartsWith(place, message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(1,2),(1,3):a", 8, "later than the time before", "'1'")]
    [InlineData("(soon,2):a", 2, "a date or a number", "'soon'")]
    [InlineData("(1,2),3:a", 7, "a time and a value as (time,value)", "'3:a'")]
    [InlineData("(1,2)(2,3):a", 6, "',' or ':' after (time,value)", "'(2,3):a'")]
    public void A_time_that_cannot_be_is_told(string row, int column, string expected, string found)
    {
        string message = Refusal(() => Open($"@timeStamps true\n@classLabel true a b\n@data\n{row}\n"));

        Assert.StartsWith($"Line 4, column {column} of", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains($"found {found}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_told_except_in_comments()
    {
        byte[] text = [.. Encoding.Latin1.GetBytes("# caf\u00e9\n@classLabel true a b\n@data\n1:a\n2:b\n")];
        Assert.Equal(2, OwnSequences.Open(_folder.Write("x.ts", text)).Count);
        Assert.StartsWith(
            $"Line 3, column 4 of '{_folder["x.ts"]}': expected text in UTF-8, found the byte 0xe9", Refusal(() => OwnSequences.Open(_folder.Write("x.ts", Encoding.Latin1.GetBytes("@classLabel true\n@data\n1:a\u00e9\n")))), StringComparison.Ordinal);
        Assert.StartsWith("Line 1, column 2 of", Refusal(() => OwnSequences.Open(_folder.Write("x.ts", Encoding.Unicode.GetBytes("@data\n")))), StringComparison.Ordinal);
        Assert.Contains("is text in UTF-16, as its line 1 tells from column 1 on", Refusal(() => OwnSequences.Open(_folder.Write("x.ts", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Plain)]))), StringComparison.Ordinal);
    }

    private OwnSequences Open(string text, bool mark = false) => OwnSequences.Open(_folder.Write("x.ts", [.. mark ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(text)]));

    private static double[] Values(OwnSequences own) =>
        [.. from i in Enumerable.Range(0, own.Count) from t in Enumerable.Range(0, own.Length(i)) from value in own.ValuesAt(i, t).ToArray() select value];

    private static string Refusal(Func<object> act) => Assert.Throws<UserException>(act).Message;
}
