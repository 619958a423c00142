using System.Text;
using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Jupyter;

namespace AuxLossRnn.Notebooks.Tests.Jupyter;

public sealed class JupyterWireTests
{
    private static readonly byte[] Client = "client"u8.ToArray();

    [Fact]
    public void The_signature_is_that_of_RFC_4231()
    {
        // Test case 2 of the standard, cut as a message's parts are.
        byte[][] parts = ["what do "u8.ToArray(), "ya want "u8.ToArray(), "for "u8.ToArray(), "nothing?"u8.ToArray()];

        Assert.Equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", new JupyterWire("Jefe").Sign(parts));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var wire = new JupyterWire("key");

        Request read = wire.Decode(wire.Encode([Client], "execute_request", "{}"u8.ToArray(), new JsonObject { ["code"] = "é😀" }));

        Assert.Equal(Client, Assert.Single(read.Identities));
        Assert.Equal("execute_request", read.Type);
        Assert.Equal("é😀", read.Text("code"));
    }

    [Fact]
    public void Without_a_key_the_signature_is_empty()
    {
        var wire = new JupyterWire("");

        IReadOnlyList<byte[]> frames = wire.Encode([], "status", "{}"u8.ToArray(), []);

        Assert.Empty(frames[1]);
        Assert.Equal("status", wire.Decode(frames).Type);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_changed_frame_is_refused(int frame)
    {
        var wire = new JupyterWire("key");
        byte[][] frames = [.. wire.Encode([], "status", "{}"u8.ToArray(), [])];

        frames[frame] = [.. frames[frame], (byte)' '];

        Assert.Equal("its signature is wrong", Assert.Throws<InvalidDataException>(() => wire.Decode(frames)).Message);
    }

    [Theory]
    [InlineData()]
    [InlineData("<IDS|MSG>")]
    [InlineData("a", "b")]
    [InlineData("<IDS|MSG>", "", "{}", "{}", "{}", "{}")]
    [InlineData("<IDS|MSG>", "", "{", "{}", "{}", "{}")]
    [InlineData("<IDS|MSG>", "", "[]", "{}", "{}", "{}")]
    [InlineData("<IDS|MSG>", "", """{"msg_type":1}""", "{}", "{}", "{}")]
    [InlineData("<IDS|MSG>", "", """{"msg_type":"status"}""", "{}", "{}", "")]
    public void What_is_no_message_is_refused(params string[] frames) =>
        Assert.Throws<InvalidDataException>(() => new JupyterWire("").Decode([.. frames.Select(Encoding.UTF8.GetBytes)]));

    [Fact]
    public void Half_a_surrogate_pair_does_not_stop_a_message()
    {
        var wire = new JupyterWire("");

        Request read = wire.Decode(wire.Encode([], "stream", "{}"u8.ToArray(), new JsonObject { ["text"] = "a\ud83d" }));

        Assert.Equal("a\ufffd", read.Text("text"));
    }
}
