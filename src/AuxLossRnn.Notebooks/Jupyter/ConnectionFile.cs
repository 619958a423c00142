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

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

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

        return connection;
    }

    /// <summary>The address of a port.</summary>
    internal string Address(int port) => Ip.Contains(':', StringComparison.Ordinal) ? $"tcp://[{Ip}]:{port}" : $"tcp://{Ip}:{port}";
}
