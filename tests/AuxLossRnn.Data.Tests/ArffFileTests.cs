using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data.Tests;

public sealed class ArffFileTests : IDisposable
{
    private const string One = "% told\n@RELATION gait\n@ATTRIBUTE 'att 0' NUMERIC\n@attribute att1 real\n@attribute class {left,'to the right'}\n\n@DATA\n";
    private const string Several = "@relation gait\n@attribute bag relational\n@attribute att0 numeric\n@attribute att1 numeric\n@attribute att2 numeric\n@end bag\n@attribute class {a,b}\n@data\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_channel_is_read_with_quotes_comments_and_missing_values()
    {
        OwnSequences own = Open(One + "1,2,left\r\n% between\r\n?, 4 ,'to the right'\r\n5,?,\"left\"\r\n");

        Assert.Equal((3, 2, 1, true), (own.Count, own.Steps, own.Features, own.LengthsDiffer));
        Assert.Equal([1, 2, double.NaN, 4, 5], Values(own)); // missing at the end: the sequence is shorter
        Assert.Equal([0, 1, 0], own.Indices(["left", "to the right"]));
        Assert.Equal("an ARFF file", own.TakenFor);
        Assert.Equal(6, Values(Open(One + "1,2,left\n?,4,left\n5,?,left\n", new SequenceFileOptions { LengthsDiffer = false })).Length);
    }

    [Fact]
    public void Several_channels_are_lines_of_one_attribute()
    {
        OwnSequences own = Open(Several + "'1,2,3\\n4,5,6',a\n\"7,?,?\\n8,9,?\",b\n");

        Assert.Equal((2, 3, 2, true, 2), (own.Count, own.Steps, own.Features, own.LengthsDiffer, own.Length(1)));
        Assert.Equal([1, 4, 2, 5, 3, 6, 7, 8, double.NaN, 9], Values(own));
        Assert.Equal([0, 1], own.Indices(["a", "b"]));
    }

    [Fact]
    public void The_class_may_be_named_or_lack()
    {
        string text = "@relation gait\n@attribute k numeric\n@attribute x numeric\n@data\n1,2\n2,3\n";

        Assert.Equal(2, Open(text).Steps);
        OwnSequences own = Open(text, new SequenceFileOptions { Label = "k" });
        Assert.Equal((1, 1), (own.Steps, own.Indices(["1", "2"])[1]));
    }

    [Theory]
    [InlineData(8, 5, "a class that line 5 declares: left, to the right", "'lef'", One + "1,2,lef\n")]
    [InlineData(9, 4, "3 values, one for each attribute", "2", One + "1,2,left\n1,2\n")]
    [InlineData(8, 1, "a finite number, or ? for a missing one", "'x'", One + "x,2,left\n")]
    [InlineData(8, 5, "a closing ' in the row", "the end of the line: the quote opened here is never closed", One + "1,2,'left\n")]
    [InlineData(8, 1, "all values of a row", "a sparse row", One + "{0 1, 2 left}\n")]
    [InlineData(8, 1, "a row for each sequence below @data", "the end of the file", One)]
    [InlineData(6, 1, "@data", "the end of the file", "@relation gait\n@attribute x numeric\n\n\n\n")]
    [InlineData(3, 1, "@attribute, or @data before the first row", "'1,2'", "@relation gait\n@attribute x numeric\n1,2\n")]
    [InlineData(2, 1, "an attribute that is numeric, relational or has classes", "'x string'", "@relation gait\n@attribute x string\n@data\na\n")]
    [InlineData(4, 1, "numeric attributes, or one relational attribute, beside the class", "none", "@relation gait\n\n@attribute k {a,b}\n@data\na\n")]
    [InlineData(9, 8, "3 values of channel 0, one for each attribute of 'bag'", "2", Several + "'1,2.50\\n4,5,6',a\n")]
    [InlineData(9, 11, "a finite number", "'x'", Several + "'1,2,3\\n4,x,6',a\n")]
    [InlineData(10, 1, "2 channels separated by \\n, as in the first row", "1", Several + "'1,2,3\\n4,5,6',a\n'1,2,3',a\n")]
    [InlineData(9, 1, "a closing ' in the row", "the end of the line", Several + "'1,2,3\\n4,5")]
    public void Damage_is_told_with_its_line_and_column(int line, int column, string expected, string found, string text)
    {
        string message = Refusal(() => Open(text));

        Assert.StartsWith($"Line {line}, column {column} of '{_folder["x.arff"]}': expected {expected}", message, StringComparison.Ordinal);
        Assert.Contains($", found {found}", message, StringComparison.Ordinal);
    }

    private OwnSequences Open(string text, SequenceFileOptions? options = null) => OwnSequences.Open(_folder.Write("x.arff", text), options);

    private static double[] Values(OwnSequences own) =>
        [.. from i in Enumerable.Range(0, own.Count) from t in Enumerable.Range(0, own.Length(i)) from value in own.ValuesAt(i, t).ToArray() select value];

    private static string Refusal(Func<object> act) => Assert.Throws<UserException>(act).Message;
}
