using System.Collections.Concurrent;
using System.Globalization;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.TestKernel;

/// <summary>A session for tests of the kernel around it. A cell is a list of commands, one a line.</summary>
internal sealed class CommandSession : INotebookSession
{
    private static readonly string[] Commands =
        ["deaf", "display", "endless", "error", "fail", "flood", "get", "print", "read", "result", "set", "throw", "update"];

    private readonly ConcurrentDictionary<string, string> _values = new();

    public Task<CellResult> ExecuteAsync(string code, ICellOutput output, int? number = null, CancellationToken cancellation = default)
    {
        foreach (string line in code.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', 3);
            string rest = line[Math.Min(line.Length, words[0].Length + 1)..];
            switch (words[0])
            {
                case "print":
                    output.Write(error: false, rest + "\n");
                    break;
                case "error":
                    output.Write(error: true, rest + "\n");
                    break;
                case "result":
                    output.Result(Plain(rest));
                    break;
                case "display":
                    output.Display(Plain(words[2]), words[1]);
                    break;
                case "update":
                    output.Update(Plain(words[2]), words[1]);
                    break;
                case "set":
                    _values[words[1]] = words[2];
                    break;
                case "get":
                    output.Result(Plain(_values[words[1]]));
                    break;
                case "read":
                    output.Result(Plain(Console.ReadLine() ?? "end"));
                    break;
                case "flood":
                    Flood(output, int.Parse(rest, CultureInfo.InvariantCulture));
                    break;
                case "deaf":
                    cancellation.WaitHandle.WaitOne();
                    return Task.FromResult(new CellResult(CellStatus.StillRunning, new CellError("StillRunning", "It runs on.", null, null, [])));
                case "endless":
                    // Keeps the thread, as a loop in C# does.
                    cancellation.WaitHandle.WaitOne();
                    return Task.FromResult(new CellResult(CellStatus.Cancelled));
                case "fail":
                    return Task.FromResult(new CellResult(
                        CellStatus.Failed, new CellError("TestException", rest, 1, 1, [$"TestException: {rest}", "   at line 1"])));
                case "throw":
                    throw new InvalidOperationException(rest);
                default:
                    return Task.FromResult(new CellResult(
                        CellStatus.Failed, new CellError("UnknownCommand", line, 1, 1, [$"UnknownCommand: {line}"])));
            }
        }

        return Task.FromResult(new CellResult(CellStatus.Succeeded));
    }

    public Task<CompletionList> CompleteAsync(string code, int position, CancellationToken cancellation = default)
    {
        _values["completed"] = "yes";
        int start = code.LastIndexOf('\n', Math.Max(0, position - 1)) + 1;
        string written = code[start..position];
        return Task.FromResult(new CompletionList(
            [.. Commands.Where(command => command.StartsWith(written, StringComparison.Ordinal))], start, position));
    }

    public Task<MimeBundle?> InspectAsync(string code, int position, CancellationToken cancellation = default) =>
        Task.FromResult(_values.TryGetValue(code[..position], out string? value) ? Plain(value) : null);

    public CellCompleteness Completeness(string code) => code switch
    {
        [.., '\\'] => CellCompleteness.Incomplete,
        ['!', ..] => CellCompleteness.Invalid,
        _ => CellCompleteness.Complete,
    };

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static MimeBundle Plain(string text) => new(new Dictionary<string, string> { ["text/plain"] = text });

    private static void Flood(ICellOutput output, int megabytes)
    {
        string line = new string('x', 99) + "\n";
        for (int written = 0; written < megabytes * 1_000_000; written += line.Length)
        {
            output.Write(error: false, line);
        }
    }
}
