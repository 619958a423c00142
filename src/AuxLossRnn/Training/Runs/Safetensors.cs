using System.Buffers.Binary;
using System.Text.Json;
using AuxLossRnn.Runtime;
using static TorchSharp.torch;

namespace AuxLossRnn.Training.Runs;

/// <summary>Weights in the safetensors format, which Python reads without running code.</summary>
/// <remarks>8 bytes with the header's length, a JSON header with type, shape and place of each tensor, then their bytes.</remarks>
public static class Safetensors
{
    private const string MetadataKey = "__metadata__";
    private const int Alignment = 8;

    /// <summary>Writes tensors to a file that is complete or absent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">Text to keep with them.</param>
    public static void Save(string path, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var scope = NewDisposeScope();
        var stored = tensors.Select(entry => (entry.Name, Tensor: entry.Tensor.detach().cpu().contiguous()))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal).ToArray();
        var header = new Dictionary<string, object> { [MetadataKey] = metadata };
        long offset = 0;
        foreach ((string name, Tensor tensor) in stored)
        {
            long end = offset + tensor.NumberOfElements * tensor.ElementSize;
            header[name] = new Dictionary<string, object>
            {
                ["dtype"] = NameOf(tensor.dtype),
                ["shape"] = tensor.shape,
                ["data_offsets"] = new[] { offset, end },
            };
            offset = end;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        int padded = (json.Length + Alignment - 1) / Alignment * Alignment;
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)padded);
            stream.Write(length);
            stream.Write(json);
            for (int i = json.Length; i < padded; i++)
            {
                stream.WriteByte((byte)' ');
            }

            foreach ((_, Tensor tensor) in stored)
            {
                stream.Write(tensor.bytes);
            }
        });
    }

    /// <summary>Reads a file. The caller disposes the tensors.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UserException">The file is not a safetensors file of types the kit writes.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException or InvalidOperationException
            or KeyNotFoundException or OverflowException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} is not a readable safetensors file: {failure.Message}", failure);
        }
    }

    private static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Parse(byte[] file)
    {
        int headerLength = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file));
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        var tensors = new Dictionary<string, Tensor>();
        var metadata = new Dictionary<string, string>();
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == MetadataKey)
            {
                metadata = entry.Value.Deserialize<Dictionary<string, string>>() ?? throw new FormatException($"{MetadataKey} is null");
                continue;
            }

            long[] shape = Sizes(entry, "shape");
            long[] offsets = Sizes(entry, "data_offsets");
            ScalarType type = TypeOf(entry.Value.GetProperty("dtype").GetString()!);

            // Before the tensor is made: a damaged shape must not ask for the memory that it names.
            long needed = shape.Aggregate((long)BytesOf(type), (product, size) => checked(product * size));
            if (offsets.Length != 2 || offsets[1] - offsets[0] != needed)
            {
                throw new FormatException(
                    $"{entry.Name} needs {needed} bytes for its shape, but its data_offsets are [{string.Join(", ", offsets)}]");
            }

            Span<byte> bytes = file.AsSpan(checked((int)(8 + headerLength + offsets[0])), checked((int)needed));
            Tensor tensor = empty(shape, dtype: type);
            tensor.bytes = bytes;
            tensors[entry.Name] = tensor;
        }

        return (tensors, metadata);
    }

    private static long[] Sizes(JsonProperty tensor, string field)
    {
        long[]? sizes = tensor.Value.GetProperty(field).Deserialize<long[]>();
        return sizes is not null && sizes.All(size => size >= 0)
            ? sizes
            : throw new FormatException($"{field} of {tensor.Name} is not a list of numbers from 0 on");
    }

    private static int BytesOf(ScalarType type) => type switch
    {
        ScalarType.BFloat16 => 2,
        ScalarType.Float32 => 4,
        _ => 8,
    };

    private static string NameOf(ScalarType type) => type switch
    {
        ScalarType.Float64 => "F64",
        ScalarType.Float32 => "F32",
        ScalarType.BFloat16 => "BF16",
        ScalarType.Int64 => "I64",
        _ => throw new ArgumentException($"tensors of type {type} are not kept"),
    };

    private static ScalarType TypeOf(string name) => name switch
    {
        "F64" => ScalarType.Float64,
        "F32" => ScalarType.Float32,
        "BF16" => ScalarType.BFloat16,
        "I64" => ScalarType.Int64,
        _ => throw new FormatException($"tensors of type {name} are not read"),
    };
}
