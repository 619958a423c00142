using AuxLossRnn.Notebooks.Polyglot;
using AuxLossRnn.Notebooks.Session;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>The session as a kernel among those of .NET Interactive.</summary>
public sealed class SessionKernelTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CSharpSession _session;
    private readonly CompositeKernel _kernels = new();

    public SessionKernelTests()
    {
        _session = new CSharpSession(_folder.Path);
        _kernels.Add(new SessionKernel(_session), SessionKernel.Aliases);
    }

    public async ValueTask DisposeAsync()
    {
        _kernels.Dispose();
        await _session.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<T> Send<T>(KernelCommand command)
        where T : KernelEvent => (await _kernels.SendAsync(command, TestContext.Current.CancellationToken)).Events.OfType<T>().First();

    private static string Plain(DisplayEvent shown) => shown.FormattedValues.Single(value => value.MimeType == "text/plain").Value;

    [Fact]
    public async Task It_runs_code_and_tells_what_it_shows()
    {
        Assert.Equal("5", Plain(await Send<ReturnValueProduced>(new SubmitCode("int x = 5;\nx"))));
        Assert.Equal("said", Plain(await Send<StandardOutputValueProduced>(new SubmitCode("Console.Write(\"said\");", "c#"))));
        Assert.Equal("5", Plain(await Send<DisplayedValueProduced>(new SubmitCode("x.Display();", "C#"))));
        Assert.Contains("line 2", (await Send<CommandFailed>(new SubmitCode("int zero = 0;\nx / zero"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_gives_and_takes_values()
    {
        await Send<CommandSucceeded>(new SubmitCode("var words = new List<string> { \"a\" };"));

        ValueProduced value = await Send<ValueProduced>(new RequestValue("words", JsonFormatter.MimeType, "csharp"));
        Assert.Equal("[\"a\"]", value.FormattedValue.Value);
        await Send<CommandSucceeded>(new SendValue("again", value.Value, value.FormattedValue, "csharp"));
        Assert.Equal("1", Plain(await Send<ReturnValueProduced>(new SubmitCode("again.Add(\"b\");\nwords.Count - again.Count + 1"))));
        Assert.Equal(["again", "words"], (await Send<ValueInfosProduced>(new RequestValueInfos(mimeType: PlainTextFormatter.MimeType, targetKernelName: "csharp"))).ValueInfos.Select(info => info.Name).Order());
        Assert.Contains("missing", (await Send<CommandFailed>(new RequestValue("missing", JsonFormatter.MimeType, "csharp"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_completes_and_explains()
    {
        await Send<CommandSucceeded>(new SubmitCode("int apples = 5;"));

        CompletionsProduced found = await Send<CompletionsProduced>(new RequestCompletions("1 +\nappl", new LinePosition(1, 4), "csharp"));
        Assert.Contains(found.Completions, item => item.DisplayText == "apples");
        Assert.Equal(new LinePosition(1, 0), found.LinePositionSpan.Start);
        Assert.Contains("apples", (await Send<HoverTextProduced>(new RequestHoverText("apples", new LinePosition(0, 2), "csharp"))).Content.First().Value, StringComparison.Ordinal);
    }
}
