using System.Text;
using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Tests.Jupyter;

public sealed class PublishedOutputTests
{
    private readonly List<(string Type, JsonObject Content)> _messages = [];

    [Fact]
    public void A_surrogate_pair_is_cut_neither_by_the_author_nor_by_the_size()
    {
        using (PublishedOutput output = Output())
        {
            output.Write(error: false, new string('x', 65535) + "😀\ud83d");
            output.Write(error: false, "\ude00");
        }

        Assert.True(_messages.Count > 1);
        // A half pair would be read as the replacement character.
        Assert.All(_messages, message => Assert.DoesNotContain(Rune.ReplacementChar, Text(message).EnumerateRunes()));
        Assert.Equal(new string('x', 65535) + "😀😀", string.Concat(_messages.Select(Text)));
    }

    [Fact]
    public void Text_is_published_without_an_end()
    {
        using PublishedOutput output = Output();

        output.Write(error: true, "said");

        Assert.True(SpinWait.SpinUntil(() => Count() == 1, TimeSpan.FromMinutes(1)));
        Assert.Equal("said", Text(_messages[0]));
        Assert.Equal("stderr", (string?)_messages[0].Content["name"]);
    }

    [Fact]
    public void JSON_is_published_as_JSON_if_it_is_such()
    {
        JsonObject data = PublishedOutput.Data(new MimeBundle(new Dictionary<string, string>
        {
            ["application/json"] = """{"a":1}""",
            ["application/geo+json"] = "{",
            ["text/plain"] = "{}",
        }));

        Assert.Equal(1, (int)data["application/json"]!["a"]!);
        Assert.Equal("{", (string?)data["application/geo+json"]);
        Assert.Equal("{}", (string?)data["text/plain"]);
    }

    private PublishedOutput Output() => new(
        (type, content) =>
        {
            lock (_messages)
            {
                _messages.Add((type, content));
            }
        },
        number: 1);

    private int Count()
    {
        lock (_messages)
        {
            return _messages.Count;
        }
    }

    private static string Text((string Type, JsonObject Content) message) => (string)message.Content["text"]!;
}
