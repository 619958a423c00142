using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Tests.Jupyter;

public sealed class ConnectionFileTests : IDisposable
{
    private const string Good = """
        {"transport":"tcp","ip":"127.0.0.1","shell_port":1,"control_port":2,"stdin_port":3,"iopub_port":4,"hb_port":5,
        "key":"k","signature_scheme":"hmac-sha256","kernel_name":""}
        """;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_connection_file_is_read()
    {
        ConnectionFile connection = Read(Good);

        Assert.Equal("tcp://127.0.0.1:4", connection.Address(connection.IopubPort));
        Assert.Equal("tcp://[::1]:1", (connection with { Ip = "::1" }).Address(1));
    }

    [Theory]
    [InlineData("tcp", "ipc")]
    [InlineData("sha256", "md5")]
    [InlineData("{", "")]
    [InlineData("\"shell_port\":1", "\"shell_port\":\"one\"")]
    [InlineData("\"key\":\"k\",", "")]
    public void Another_is_refused_with_its_name(string part, string other) => Assert.StartsWith(
        _path, Assert.Throws<UserException>(() => Read(Good.Replace(part, other, StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_one_is_refused() => Assert.Throws<UserException>(() => ConnectionFile.Read(_path + ".missing"));

    private ConnectionFile Read(string text)
    {
        File.WriteAllText(_path, text);
        return ConnectionFile.Read(_path);
    }
}
