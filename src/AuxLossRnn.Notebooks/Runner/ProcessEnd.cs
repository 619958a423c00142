using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Runner;

/// <summary>Watches for the end of the process while cells run: a cell that calls <c>Environment.Exit</c> takes the run with it.</summary>
internal sealed class ProcessEnd : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly NotebookOutputs _outputs;
    private readonly Action<NotebookResult>? _ending;
    private readonly CancellationToken _cancellation;
    private volatile RunningCell? _running;

    /// <summary>Watches from now on.</summary>
    /// <param name="outputs">The run's outputs.</param>
    /// <param name="ending">Called on the way to the end of the process.</param>
    /// <param name="cancellation">Whether the run was to be stopped anyway.</param>
    public ProcessEnd(NotebookOutputs outputs, Action<NotebookResult>? ending, CancellationToken cancellation)
    {
        (_outputs, _ending, _cancellation) = (outputs, ending, cancellation);
        AppDomain.CurrentDomain.ProcessExit += End;
    }

    /// <summary>A cell is about to run.</summary>
    public void Watch(NotebookCell cell, int number, OutputCollector output) => _running = new RunningCell(cell.Source, number, output);

    public void Dispose() => AppDomain.CurrentDomain.ProcessExit -= End;

    private void End(object? sender, EventArgs e)
    {
        if (_running is not RunningCell cell || _ending is null)
        {
            return;
        }

        CellError error = CellErrors.Ended(CellErrors.CellName(cell.Number), cell.Source);

        // On another thread, and not for ever: a lock that is held here is held until the end.
        Task.Run(() =>
        {
            CellContext.Current = null; // what is said from here on is not the cell's
            cell.Output.Fail(error);
            _outputs.Close(); // threads that still print must not change the notebook while it is written
            NotebookStatus status = _cancellation.IsCancellationRequested ? NotebookStatus.Cancelled : NotebookStatus.Failed;
            _ending(new NotebookResult(status, CellFailure.Of(cell.Number, cell.Source, error)));
        }).Wait(Patience);
    }

    private sealed record RunningCell(string Source, int Number, OutputCollector Output);
}
