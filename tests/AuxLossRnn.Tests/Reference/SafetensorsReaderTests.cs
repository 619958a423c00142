using System.Buffers.Binary;
using System.Text;

namespace AuxLossRnn.Tests.Reference;

public sealed class SafetensorsReaderTests
{
    private const string Good =
        """{"__metadata__":{"format":"pt"},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""";

    [Fact]
    public void A_file_gives_its_names_types_shapes_bytes_and_metadata()
    {
        var file = SafetensorsReader.Read(Bytes(Good + "   ", 11));

        Assert.Equal(["a", "b"], file.Tensors.Keys.Order());
        Assert.Equal("F32", file.Tensors["a"].DataType);
        Assert.Equal([2L, 1], file.Tensors["a"].Shape);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], file.Tensors["a"].Bytes);
        Assert.Equal("U8", file.Tensors["b"].DataType);
        Assert.Equal([8, 9, 10], file.Tensors["b"].Bytes);
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Single_numbers_and_empty_tensors_are_tensors()
    {
        var file = SafetensorsReader.Read(Bytes(
            """{"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"e":{"dtype":"I64","shape":[0,5],"data_offsets":[0,0]}}""",
            8));

        Assert.Empty(file.Tensors["s"].Shape);
        Assert.Empty(file.Tensors["e"].Bytes);
        Assert.Empty(SafetensorsReader.Read(Bytes("{}", 0)).Tensors);
    }

    [Theory]
    [InlineData("a byte left over", Good, 12)]
    [InlineData("a byte too few", Good, 10)]
    [InlineData("a hole", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3)]
    [InlineData("an overlap", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3)]
    [InlineData("a shape of other size", """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,2]}}""", 2)]
    [InlineData("bytes beyond the shape", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,2]}}""", 2)]
    [InlineData("a type of other size", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,2]}}""", 2)]
    [InlineData("offsets turned round", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}}""", 2)]
    [InlineData("a negative size", """{"a":{"dtype":"U8","shape":[-1,-2],"data_offsets":[0,2]}}""", 2)]
    [InlineData("a fraction", """{"a":{"dtype":"U8","shape":[2.5],"data_offsets":[0,2]}}""", 2)]
    [InlineData("a size that overflows", """{"a":{"dtype":"U8","shape":[4294967296,4294967296,2],"data_offsets":[0,0]}}""", 0)]
    [InlineData("three offsets", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2,2]}}""", 2)]
    [InlineData("an unknown type", """{"a":{"dtype":"float","shape":[2],"data_offsets":[0,2]}}""", 2)]
    [InlineData("a field missing", """{"a":{"dtype":"U8","data_offsets":[0,2]}}""", 2)]
    [InlineData("a field too many", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"c":1}}""", 2)]
    [InlineData("a name twice", """{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0)]
    [InlineData("metadata that is no string", """{"__metadata__":{"step":1}}""", 0)]
    [InlineData("a leading space", " {}", 0)]
    [InlineData("padding by new lines", "{}\n", 0)]
    [InlineData("no object", "[]", 0)]
    [InlineData("broken JSON", """{"a":""", 0)]
    [InlineData("no header", "", 0)]
    public void A_broken_file_is_refused(string what, string header, int dataBytes)
    {
        var exception = Record.Exception(() => SafetensorsReader.Read(Bytes(header, dataBytes)));

        Assert.True(exception is InvalidDataException, $"{what}: {exception?.ToString() ?? "read without complaint"}");
    }

    [Fact]
    public void A_header_that_reaches_past_the_end_or_is_not_utf8_is_refused()
    {
        byte[] file = Bytes(Good, 11);
        Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(file[..7]));
        Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(file[..50]));

        file[8 + 3] = 0xff;
        Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(file));

        file.AsSpan(0, 8).Fill(0xff);
        Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(file));
    }

    private static byte[] Bytes(string header, int dataBytes)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        return [.. length, .. text, .. Enumerable.Range(0, dataBytes).Select(i => (byte)i)];
    }
}
