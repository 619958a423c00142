using System.IO.Compression;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data.Tests;

/// <summary>Files that are no table, and tables with something that does not belong in one: the true cause is told, and no other.</summary>
public sealed class ForeignFormatTests : IDisposable
{
    private const string LongComment = "# A data set of a repository, told about at length.\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.ts", "# told\n@problemName Gait\n@univariate true\n@data\n1,2,3:a\n", "is a .ts file", "OwnSequences.Open reads it")]
    [InlineData("x.txt", "@problemname Gait\n@data\n1,2,3:a\n", "is a .ts file", "OwnSequences.Open reads it")]
    [InlineData("x.arff", "% told\n@RELATION gait\n@ATTRIBUTE a NUMERIC\n@DATA\n1,2,a\n", "is an ARFF file", "OwnSequences.Open reads it")]
    [InlineData("x.csv", "@relation gait\n\n@attribute a numeric\n", "is an ARFF file", "OwnSequences.Open reads it")]
    [InlineData("x.tsf", "@relation nn5\n@frequency daily\n", "is a .tsf file", "FromLongCsv")]
    [InlineData("x.csv", "[{\"a\": 1}]", "is JSON", "pandas.read_json")]
    [InlineData("x.csv", "{\"a\": 1}\n{\"a\": 2}", "is JSON", "pandas.read_json")]
    [InlineData("x.csv", "\n<!DOCTYPE html><html>", "is a web page", "Download the file")]
    [InlineData("x.csv", "PK\u0003\u0004 xl/workbook.xml", "is an Excel workbook", "Save the sheet as CSV")]
    [InlineData("x.npz", "PK\u0003\u0004 x.npy", "is an archive of NumPy arrays", "OwnSequences.Open reads it")]
    [InlineData("x.zip", "PK\u0003\u0004 x.csv", "is a zip archive", "Unpack it")]
    [InlineData("x.parquet", "PAR1", "is a Parquet file", "pandas.read_parquet")]
    [InlineData("x.mat", "MATLAB 5.0 MAT-file", "is a MATLAB file", "scipy.io.loadmat")]
    public void Another_format_is_named_with_the_way_from_it(string name, string text, string what, string cure)
    {
        string path = _folder.Write(name, text);
        Assert.All(
            new Func<object>[] { () => OwnSequences.FromCsv(path, "label"), () => OwnSequences.FromCsv(path, 0, header: false), () => OwnSequences.FromLongCsv(path, "id", "t"), () => OwnSequences.FromNpy(path) },
            act => AssertRefused(act, $"'{path}' {what}", cure));
    }

    [Fact]
    public void Comments_longer_than_what_is_looked_at_leave_the_name_to_tell() => AssertRefused(
        () => OwnSequences.FromCsv(_folder.Write("x.ts", string.Concat(Enumerable.Repeat(LongComment, 200)) + "@data\n"), "label"), "is a .ts file");

    [Theory]
    [InlineData("x.csv.gz")]
    [InlineData("x.csv")]
    public void A_compressed_table_is_to_be_unpacked(string name)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress))
        {
            gzip.Write("label,v0\na,1\nb,2\n"u8);
        }

        AssertRefused(() => OwnSequences.FromCsv(_folder.Write(name, packed.ToArray()), "label"), "is compressed with gzip", "Unpack it");
    }

    [Theory]
    [InlineData("x.ts", "label,v0\na,1\nb,2\n")] // a table by any other name
    [InlineData("x.csv", "label,@timestamp\na,1\nb,2\n")]
    public void A_table_is_read_whatever_its_name(string name, string text) => Assert.Equal(2, OwnSequences.FromCsv(_folder.Write(name, text), "label").Count);

    [Theory]
    [InlineData("label,v0,v1,\na,1,2,\nb,3,4,\n", ',', "Column 4 of", "The line ends with ',', and so does the next")]
    [InlineData("label,v0,v1\na,1,2,\nb,3,4,\n", ',', "Line 2 of", "It ends with ',', after which another cell is expected.")]
    [InlineData("sep=;\nlabel;v0\na;1\nb;2\n", ';', "Line 1 of", "tells Excel what separates the cells, and is no part of the table. Take it out, and say separator: ';'.")]
    [InlineData("sep=;\nlabel;v0\na;1\nb;2\n", ',', "Line 1 of", "say separator: ';'.")]
    [InlineData("sep=,\nlabel,v0\na,1\nb,2\n", ',', "Line 1 of", "say separator: ','.")]
    [InlineData("# made by X\nlabel,v0\na,1\n", ',', "has no columns 'label'", "Line 1 begins with '#'")]
    [InlineData("# label,v0\na,1\nb,2\n", ',', "has no columns 'label'", "comments=''")]
    [InlineData("label,v0\na,1\nb,2\n\u001a", ',', "Line 4 of", "Ctrl-Z")]
    [InlineData("label,v0\na,1\nb,2\u001a", ',', "Line 3, column 2 of", "is '2\\u001a'", "Ctrl-Z")]
    [InlineData("label,v0\na,1\nb,\u200b2\n", ',', "Line 3, column 2 of", "is '\\u200b2'", "is not seen. Delete it")]
    [InlineData("label,v0\na,1\nb,1\u00a0000\n", ',', "Line 3, column 2 of", "is '1\\u00a0000'")]
    [InlineData("label,v0\na,1\nb,\u22122\n", ',', "Line 3, column 2 of", "write a hyphen")]
    [InlineData("label,,v1\na,1,2\nb,3,4\n", ',', "Column 2 of", "Give it one, or take the column out.")]
    [InlineData("label\tv0\na\t1\n", ',', "has no columns 'label'", "say separator: '\\t'")]
    public void The_true_cause_is_told(string text, char separator, params string[] parts)
    {
        string message = AssertRefused(() => OwnSequences.FromCsv(_folder.Write("x.csv", text), "label", separator: separator), parts);
        Assert.DoesNotContain("pandas", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_header_too()
    {
        AssertRefused(() => OwnSequences.FromCsv(_folder.Write("x.csv", "# made by X\na,1\nb,2\n"), 0, header: false), "Line 1 begins with '#'");
        AssertRefused(() => OwnSequences.FromCsv(_folder.Write("x.csv", "a,1,2,\nb,3,4,\n"), 0, header: false), "Line 1, column 4 of", "if every line ends with a separator, take those out");
        AssertRefused(() => OwnSequences.FromCsv(_folder.Write("x.csv", "a;1;2\nb;3;4\n"), 0, header: false), "has no column of values beside the label's", "say separator: ';'");
    }

    private static string AssertRefused(Func<object> act, params string[] parts)
    {
        string message = Assert.Throws<UserException>(act).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        return message;
    }
}
