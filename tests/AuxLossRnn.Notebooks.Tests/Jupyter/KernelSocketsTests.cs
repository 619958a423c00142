using System.Net;
using System.Net.Sockets;
using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Tests.Jupyter;

public sealed class KernelSocketsTests
{
    [Fact]
    public void A_port_that_is_taken_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var connection = new ConnectionFile("tcp", "127.0.0.1", taken, taken, taken, taken, taken, "", "");

        string message = Assert.Throws<UserException>(() => new KernelSockets(connection, new JupyterWire(""), new OutboundBytes(1))).Message;

        Assert.Contains($"tcp://127.0.0.1:{taken}", message, StringComparison.Ordinal);
    }
}
