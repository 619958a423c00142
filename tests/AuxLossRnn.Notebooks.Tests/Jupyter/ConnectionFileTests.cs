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

    [Theory]
    [InlineData("curve_publickey", "\"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\"")]
    [InlineData("curve_secretkey", "\"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6\"")]
    [InlineData("tls", "{\"certificate\": \"a.pem\"}")]
    [InlineData("encryption", "true")]
    [InlineData("authMechanism", "\"plain\"")]
    public void A_protection_that_the_kernel_has_not_got_is_refused_instead_of_left_out(string field, string value)
    {
        string message = Assert.Throws<UserException>(() => Read(Good.Replace("\"kernel_name\"", $"\"{field}\":{value},\"kernel_name\"", StringComparison.Ordinal))).Message;

        Assert.StartsWith($"{_path} asks for {field}, a protection of the connection that this kernel has not got", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"jupyter_session\":\"/home/me/a.ipynb\"")]
    [InlineData("\"registration\":7,\"pack\":\"json\"")]
    [InlineData("\"curve_publickey\":null,\"curve_secretkey\":\"\",\"encryption\":false")]
    public void Other_fields_are_left_out(string fields) =>
        Assert.Equal("k", Read(Good.Replace("\"kernel_name\"", $"{fields},\"kernel_name\"", StringComparison.Ordinal)).Key);

    [Fact]
    public void A_missing_one_is_refused() => Assert.Throws<UserException>(() => ConnectionFile.Read(_path + ".missing"));

    private ConnectionFile Read(string text)
    {
        File.WriteAllText(_path, text);
        return ConnectionFile.Read(_path);
    }
}
