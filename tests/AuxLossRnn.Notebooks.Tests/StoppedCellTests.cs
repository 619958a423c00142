using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Runner;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>Cells that are told to stop in a call that does not listen.</summary>
[Trait("Category", "Slow")]
public sealed class StoppedCellTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Library _library = new();

    public void Dispose()
    {
        _library.Return();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_cell_that_does_not_stop_is_said_to_run_and_those_after_it_are_refused_until_it_ends()
    {
        await using var session = new CSharpSession(_folder.Path);
        await session.ExecuteAsync("int kept = 5;", new Recording(), 1);
        using var stop = new CancellationTokenSource();
        CellResult stopped = await session.ExecuteAsync(_library.Call, new Recording { Written = _ => stop.Cancel() }, 2, stop.Token);
        CellResult refused = await session.ExecuteAsync("kept = 6;", new Recording(), 3);
        CellResult again = await session.ExecuteAsync("kept = 7;", new Recording(), 4);

        Assert.Equal((CellStatus.StillRunning, "StillRunning"), (stopped.Status, stopped.Error!.Name));
        Assert.StartsWith("cell 2 was told to stop and still runs", stopped.Error.Message, StringComparison.Ordinal);
        Assert.Equal((CellStatus.Failed, "Refused"), (refused.Status, refused.Error!.Name));
        Assert.Contains("cell 2 was told to stop and still runs", refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains("restart", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Error.Message, again.Error!.Message);

        _library.Return();
        var output = new Recording();
        CellResult after;
        do
        {
            after = await session.ExecuteAsync("kept", output, 5);
        }
        while (after.Error?.Name == "Refused");

        Assert.Equal((CellStatus.Succeeded, "5"), (after.Status, output.Value!.Formats["text/plain"]));
    }

    [Fact]
    public async Task A_run_whose_cell_does_not_stop_ends_with_its_outputs()
    {
        NotebookDocument notebook = NotebookDocument.Create();
        NotebookCell cell = notebook.Insert(0, "code", "a", _library.Call);
        NotebookCell never = notebook.Insert(1, "code", "b", "1");
        using var stop = new CancellationTokenSource();
        NotebookResult result = await NotebookRunner.RunAsync(notebook, _folder.Path, null, new Stopping(stop), null, cancellation: stop.Token);

        Assert.Equal((NotebookStatus.Cancelled, 1), (result.Status, result.Failure!.Number));
        Assert.Contains("called", cell.Outputs.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("cell 1 was told to stop and still runs", cell.Outputs.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(never.Outputs);
    }

    /// <summary>Calls that nothing wakes, until they are told to return.</summary>
    private sealed class Library
    {
        private readonly string _name = Guid.NewGuid().ToString();
        private bool _returns;

        public Library() => AppDomain.CurrentDomain.SetData(_name, (Action)Spin);

        /// <summary>A cell that prints and then is in the call.</summary>
        public string Call => $"Console.Write(\"called\");\n((Action)AppDomain.CurrentDomain.GetData(\"{_name}\")!)();";

        public void Return() => Volatile.Write(ref _returns, true);

        // Not a wait of .NET's: those can be woken.
        private void Spin()
        {
            while (!Volatile.Read(ref _returns))
            {
                Thread.Yield();
            }
        }
    }

    private sealed class Stopping(CancellationTokenSource stop) : IRunListener
    {
        public void Started(int number, string firstLine)
        {
        }

        public void Printed(int number, string text) => stop.Cancel();

        public void Ended(CellProgress cell)
        {
        }
    }
}
