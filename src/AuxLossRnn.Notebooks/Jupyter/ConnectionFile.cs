using System.Text.Json;
using System.Text.Json.Serialization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>Where a kernel is to listen, as the client that starts it has written down.</summary>
/// <param name="Transport">tcp.</param>
/// <param name="Ip">The address.</param>
/// <param name="ShellPort">The port of requests.</param>
/// <param name="ControlPort">The port of requests that go before others.</param>
/// <param name="StdinPort">The port of questions to the user.</param>
/// <param name="IopubPort">The port of what all clients see.</param>
/// <param name="HbPort">The port of the heartbeat.</param>
/// <param name="Key">The key of the signatures; empty for none.</param>
/// <param name="SignatureScheme">hmac-sha256.</param>
internal sealed record ConnectionFile(
    string Transport, string Ip, int ShellPort, int ControlPort, int StdinPort, int IopubPort, int HbPort, string Key, string SignatureScheme)
{
    private const string KnownScheme = "hmac-sha256";

    // What a client asks for beyond the protocol's own fields, such as curve_publickey of an encrypted connection.
    private static readonly string[] WordsOfSecurity = ["curve", "key", "secret", "cert", "tls", "ssl", "encrypt", "auth", "mechanism", "security"];

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>What else the file holds.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="UserException">It is missing, no connection file, or asks for what this kernel has not got.</exception>
    internal static ConnectionFile Read(string path)
    {
        ConnectionFile? connection;
        try
        {
            connection = JsonSerializer.Deserialize<ConnectionFile>(File.ReadAllText(path), Format);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UserException($"{path} could not be read as a Jupyter connection file: {problem.Message} Jupyter writes it when it starts a kernel.");
        }

        if (connection is null)
        {
            throw new UserException($"{path} is no Jupyter connection file: it holds null. Jupyter writes it when it starts a kernel.");
        }

        if (connection.Transport != "tcp")
        {
            throw new UserException($"{path} asks for the transport {connection.Transport}; this kernel speaks tcp alone. Start it with tcp.");
        }

        if (connection.Key.Length > 0 && connection.SignatureScheme != KnownScheme)
        {
            throw new UserException($"{path} asks for signatures by {connection.SignatureScheme}; this kernel signs with {KnownScheme}. Set that in Jupyter.");
        }

        // To leave out what protects a connection would be to speak in the clear with a client that believes it is protected.
        if (connection.Others?.FirstOrDefault(IsSecurity).Key is string field)
        {
            throw new UserException(
                $"{path} asks for {field}, a protection of the connection that this kernel has not got: it signs messages with {KnownScheme} and speaks in the clear. "
                + "Switch that off in Jupyter, and let it listen on this machine alone.");
        }

        return connection;

        static bool IsSecurity(KeyValuePair<string, JsonElement> one) => one.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)
            && !(one.Value.ValueKind == JsonValueKind.String && one.Value.GetString() == "")
            && WordsOfSecurity.Any(word => one.Key.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The address of a port.</summary>
    internal string Address(int port) => Ip.Contains(':', StringComparison.Ordinal) ? $"tcp://[{Ip}]:{port}" : $"tcp://{Ip}:{port}";
}
