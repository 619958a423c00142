using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>Messages as they go over the wire: identities, a delimiter, a signature, four parts in JSON.</summary>
internal sealed class JupyterWire(string key)
{
    private const int Parts = 4;

    // Relaxed: the text is no part of a web page, and a notebook's HTML would be half as long again.
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);
    private readonly string _session = Guid.NewGuid().ToString();

    internal static ReadOnlySpan<byte> Delimiter => "<IDS|MSG>"u8;

    /// <summary>Makes a message's frames.</summary>
    /// <param name="identities">Whom it goes to, or its topic.</param>
    /// <param name="type">Its type.</param>
    /// <param name="parentHeader">The header of the message that it answers, in JSON.</param>
    /// <param name="content">Its content.</param>
    internal IReadOnlyList<byte[]> Encode(IReadOnlyList<byte[]> identities, string type, byte[] parentHeader, JsonObject content)
    {
        var header = new JsonObject
        {
            ["msg_id"] = Guid.NewGuid().ToString(),
            ["session"] = _session,
            ["username"] = "kernel",
            ["date"] = DateTime.UtcNow.ToString("O"),
            ["msg_type"] = type,
            ["version"] = JupyterKernel.ProtocolVersion,
        };
        byte[][] parts = [Json(header), parentHeader, "{}"u8.ToArray(), Json(content)];
        return [.. identities, Delimiter.ToArray(), Encoding.ASCII.GetBytes(Sign(parts)), .. parts];
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidDataException">It is none, or its signature is wrong.</exception>
    internal Request Decode(IReadOnlyList<byte[]> frames)
    {
        int delimiter = 0;
        while (delimiter < frames.Count && !frames[delimiter].AsSpan().SequenceEqual(Delimiter))
        {
            delimiter++;
        }

        int first = delimiter + 2;
        if (first + Parts > frames.Count)
        {
            throw new InvalidDataException("it is no Jupyter message");
        }

        byte[][] parts = [.. frames.Skip(first).Take(Parts)];
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(parts)), frames[delimiter + 1]))
        {
            throw new InvalidDataException("its signature is wrong");
        }

        try
        {
            JsonElement header = JsonElement.Parse(parts[0]);
            return new Request(
                [.. frames.Take(delimiter)], parts[0], header.GetProperty("msg_type").GetString() ?? "", JsonElement.Parse(parts[^1]));
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"it cannot be read: {problem.Message}");
        }
    }

    /// <summary>The signature of a message's parts, in lower-case hexadecimal digits; empty without a key.</summary>
    internal string Sign(IEnumerable<byte[]> parts)
    {
        if (_key.Length == 0)
        {
            return "";
        }

        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (byte[] part in parts)
        {
            hash.AppendData(part);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] Json(JsonObject value) => JsonSerializer.SerializeToUtf8Bytes(value, Format);
}
