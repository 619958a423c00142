using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace AuxLossRnn.Tests;

/// <summary>A strict reader of safetensors files, written apart from the library's writer.</summary>
public static class SafetensorsReader
{
    private const string MetadataKey = "__metadata__";
    private const ulong LongestHeader = 100_000_000; // the format's own limit

    /// <exception cref="InvalidDataException">The file breaks a rule of the format.</exception>
    public static SafetensorsFile Read(string path) => Read(File.ReadAllBytes(path));

    /// <exception cref="InvalidDataException">The bytes break a rule of the format.</exception>
    public static SafetensorsFile Read(byte[] file)
    {
        Require(file.Length >= 8, $"The file is {file.Length} bytes long, too short for the header's length.");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file);
        Require(length <= LongestHeader, $"The header's length {length} is over the limit of {LongestHeader}.");
        Require(length <= (ulong)(file.Length - 8), $"The header of {length} bytes reaches past the end of the file.");

        byte[] data = file[(8 + (int)length)..];
        using var header = ParseHeader(file.AsSpan(8, (int)length));
        var tensors = new List<(SafetensorsTensor Tensor, long Begin, long End)>();
        var metadata = new Dictionary<string, string>();
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == MetadataKey)
                metadata = ParseMetadata(entry.Value);
            else
                tensors.Add(ParseTensor(entry.Name, entry.Value, data));
        }

        RequireCover(tensors.Select(tensor => (tensor.Tensor.Name, tensor.Begin, tensor.End)), data.Length);
        return new SafetensorsFile(
            tensors.Select(tensor => tensor.Tensor).ToDictionary(tensor => tensor.Name), metadata);
    }

    private static JsonDocument ParseHeader(ReadOnlySpan<byte> bytes)
    {
        Require(bytes.Length > 0 && bytes[0] == '{', "The header does not begin with '{'.");
        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            Require(text.TrimEnd(' ').EndsWith('}'), "The header is padded with something other than spaces.");
            return JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (Exception exception) when (exception is DecoderFallbackException or JsonException)
        {
            throw new InvalidDataException($"The header is not JSON in UTF-8: {exception.Message}", exception);
        }
    }

    private static Dictionary<string, string> ParseMetadata(JsonElement metadata)
    {
        Require(metadata.ValueKind == JsonValueKind.Object, $"{MetadataKey} is not an object.");
        var result = new Dictionary<string, string>();
        foreach (var entry in metadata.EnumerateObject())
        {
            Require(entry.Value.ValueKind == JsonValueKind.String, $"{MetadataKey}.{entry.Name} is not a string.");
            result.Add(entry.Name, entry.Value.GetString()!);
        }

        return result;
    }

    private static (SafetensorsTensor Tensor, long Begin, long End) ParseTensor(
        string name, JsonElement entry, byte[] data)
    {
        Require(entry.ValueKind == JsonValueKind.Object, $"'{name}' is not an object.");
        var keys = entry.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal);
        Require(
            keys.SequenceEqual(["data_offsets", "dtype", "shape"]),
            $"'{name}' should have dtype, shape and data_offsets and nothing else.");

        var type = entry.GetProperty("dtype");
        Require(type.ValueKind == JsonValueKind.String, $"The dtype of '{name}' is not a string.");
        int bytesOfOne = BytesOfOne(type.GetString()!);
        Require(bytesOfOne > 0, $"'{name}' has the unknown dtype {type}.");

        long[] shape = ParseSizes(name, "shape", entry.GetProperty("shape"));
        long[] offsets = ParseSizes(name, "data_offsets", entry.GetProperty("data_offsets"));
        Require(offsets.Length == 2, $"'{name}' has {offsets.Length} data_offsets instead of 2.");
        var (begin, end) = (offsets[0], offsets[1]);
        Require(begin <= end && end <= data.Length, $"'{name}' at {begin} … {end} is not within {data.Length} bytes.");

        var expected = shape.Aggregate((Int128)bytesOfOne, (product, size) => Multiply(name, product, size));
        Require(expected == end - begin, $"'{name}' needs {expected} bytes but its offsets span {end - begin}.");
        return (new SafetensorsTensor(name, type.GetString()!, shape, data[(int)begin..(int)end]), begin, end);
    }

    private static int BytesOfOne(string type) => type switch
    {
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" => 1,
        "U16" or "I16" or "F16" or "BF16" => 2,
        "U32" or "I32" or "F32" => 4,
        "U64" or "I64" or "F64" => 8,
        _ => 0,
    };

    private static Int128 Multiply(string name, Int128 product, long size)
    {
        Require(size == 0 || product <= long.MaxValue / size, $"The shape of '{name}' overflows.");
        return product * size;
    }

    private static long[] ParseSizes(string name, string field, JsonElement values)
    {
        Require(values.ValueKind == JsonValueKind.Array, $"The {field} of '{name}' is not an array.");
        return values.EnumerateArray().Select(value =>
        {
            long number = -1;
            bool valid = value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number) && number >= 0;
            Require(valid, $"The {field} of '{name}' holds {value}, which is not an integer of at least 0.");
            return number;
        }).ToArray();
    }

    /// <summary>No holes, no overlaps, nothing left over.</summary>
    private static void RequireCover(IEnumerable<(string Name, long Begin, long End)> ranges, long length)
    {
        long covered = 0;
        foreach (var (name, begin, end) in ranges.OrderBy(range => range.Begin).ThenBy(range => range.End))
        {
            Require(begin == covered, $"'{name}' begins at {begin}, but the tensor before it ends at {covered}.");
            covered = end;
        }

        Require(covered == length, $"The tensors cover {covered} of {length} bytes.");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new InvalidDataException(message);
    }
}
