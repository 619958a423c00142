using System.Buffers.Binary;
using System.Text;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data.Tests;

/// <summary>Sequences of differing lengths, as tables and arrays hold them: shorter rows, or rows filled up with nothing.</summary>
public sealed class OwnSequencesLengthsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,1,2,3,4\nb,5,6,,\nc,7,8,NaN,nan\n", 0, false)]
    [InlineData("a,1,2,3,4\nb,5,6\nc,7,8\n", 0, false)]
    [InlineData("b,5,6\na,1,2,3,4\nc,7,8,,,,\n", 0, false)]
    [InlineData("1,2,3,4,a\n5,6,b\n7,8,,,c\n", -1, false)]
    [InlineData("label,v0,v1,v2,v3\na,1,2,3,4\nb,5,6\nc,7,8, ,\n", 0, true)]
    public void A_row_that_ends_early_is_a_shorter_sequence_where_lengths_differ(string text, int label, bool header)
    {
        OwnSequences own = OwnSequences.FromCsv(Write(text), label, header, channels: 2, lengthsDiffer: true);

        string first = text.StartsWith('b') ? "b" : "a";
        Assert.Equal(first == "b" ? [1, 2, 1] : [2, 1, 1], Enumerable.Range(0, 3).Select(own.Length));
        Assert.Equal([7, 8], own.ValuesAt(2, 0));
        Assert.True(own.LengthsDiffer);
        Assert.Equal(1, own.Split(0, 0).Train.Length(2));
    }

    [Theory]
    [InlineData("a,1,2,3\nb,5,,\n", "Line 2, column 3 of", "is empty")]
    [InlineData("a,1,2,3\nb,5,6,NaN\n", "Line 2, column 4 of", "is 'NaN'")]
    [InlineData("a,1,2,3\nb,5\n", "Line 2 of", "has 2 columns, but line 1 has 4")]
    public void Where_they_were_to_be_equal_the_way_out_is_named(string text, string place, string what) =>
        AssertRefused(() => OwnSequences.FromCsv(Write(text), 0, header: false), place, what, "say lengthsDiffer: true");

    [Theory]
    [InlineData("a,1,,3,4\n", "Line 1, column 3 of", "is empty")]
    [InlineData("a,1,2,3,\n", "Line 1, column 5 of", "is empty")]
    [InlineData("a,1,2,3\n", "Line 1 of", "3 values, which are not whole steps of 2 channels")]
    [InlineData("a,,,\n", "Line 1 of", "0 values")]
    public void A_gap_within_a_sequence_or_a_step_is_refused(string text, string place, string what) =>
        AssertRefused(() => OwnSequences.FromCsv(Write(text), 0, header: false, channels: 2, lengthsDiffer: true), place, what);

    [Fact]
    public void A_row_without_values_of_the_long_form_is_to_be_left_out() => AssertRefused(
        () => OwnSequences.FromLongCsv(Write("id,t,x,y\na,1,2,3\na,2,,\n"), "id", "t", lengthsDiffer: true), "Line 3, column 3 of", "leave the line out and say lengthsDiffer: true");

    [Fact]
    public void NaN_at_the_end_of_an_array_ends_its_sequence()
    {
        string path = Array((2, 3, 2), 1, 2, 3, 4, float.NaN, float.NaN, 5, 6, 7, 8, 9, float.NaN);
        string padded = Array((2, 3, 2), 1, 2, 3, 4, float.NaN, float.NaN, 5, 6, 7, 8, 9, 10);
        string first = Array((1, 2, 4), 1, 2, 3, float.NaN, 5, 6, 7, float.NaN);

        AssertRefused(() => OwnSequences.FromNpy(padded), "Channel 0 in step 2 of sequence 0 of", "is NaN", "fills the sequence up, say lengthsDiffer: true");
        AssertRefused(() => OwnSequences.FromNpy(path, lengthsDiffer: true), "Channel 1 in step 2 of sequence 1 of", "is NaN");
        OwnSequences own = OwnSequences.FromNpy(padded, lengthsDiffer: true);
        Assert.Equal((2, 3), (own.Length(0), own.Length(1)));
        Assert.Equal([9, 10], own.ValuesAt(1, 2));
        OwnSequences turned = OwnSequences.FromNpy(first, lengthsDiffer: true, channelsFirst: true);
        Assert.Equal(3, turned.Length(0));
        Assert.Equal([3, 7], turned.ValuesAt(0, 2));
        AssertRefused(() => OwnSequences.FromNpy(padded, tokens: true, lengthsDiffer: true), "FromTokens");
    }

    [Fact]
    public void NaN_at_the_end_of_arrays_in_memory_is_to_be_left_out() => AssertRefused(
        () => OwnSequences.FromArrays(new[] { new[] { 1.0, 2 }, [3, double.NaN] }), "Step 1 of sequence 1 of arrays is NaN", "leave it out and say lengthsDiffer: true");

    private string Write(string text) => _folder.Write("table.csv", text);

    private string Array((int Count, int Steps, int Features) shape, params float[] values)
    {
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
        byte[] data = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(4 * i), values[i]);
        }

        return _folder.Write($"{values.Length}{values[^1]}{shape.Count}.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. data]);
    }

    private static void AssertRefused(Func<object> act, params string[] parts)
    {
        string message = Assert.Throws<UserException>(act).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
