using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Runner;

/// <summary>Watches for the end of the process while cells run: a cell that calls <c>Environment.Exit</c> takes the run with it.</summary>
internal sealed class ProcessEnd : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PatienceWithOutput = TimeSpan.FromSeconds(2);

    private readonly Action<NotebookResult>? _ending;
    private readonly CancellationToken _cancellation;
    private readonly Lock _gate = new();
    private NotebookCell? _cell;
    private OutputCollector? _output;
    private int _number;
    private bool _ended;

    /// <summary>Watches from now on.</summary>
    /// <param name="ending">Called on the way to the end of the process.</param>
    /// <param name="cancellation">Whether the run was to be stopped anyway.</param>
    public ProcessEnd(Action<NotebookResult>? ending, CancellationToken cancellation)
    {
        (_ending, _cancellation) = (ending, cancellation);
        AppDomain.CurrentDomain.ProcessExit += End;
    }

    /// <summary>A cell is about to run.</summary>
    /// <returns>Takes what it shows.</returns>
    public ICellOutput Watch(NotebookCell cell, int number, OutputCollector output)
    {
        lock (_gate)
        {
            (_cell, _number, _output) = (cell, number, output);
        }

        return new Gated(this, output);
    }

    public void Dispose() => AppDomain.CurrentDomain.ProcessExit -= End;

    private void End(object? sender, EventArgs e)
    {
        if (_cell is not NotebookCell cell || _output is not OutputCollector output || _ending is null)
        {
            return;
        }

        CellError error = CellErrors.Ended(CellErrors.CellName(_number), cell.Source);

        // On another thread, and not for ever: a lock that is held here is held until the end.
        Task.Run(() =>
        {
            CellContext.Current = null; // what is said from here on is not the cell's

            // Threads that still print must not change the notebook while it is written.
            bool entered = _gate.TryEnter(PatienceWithOutput);
            try
            {
                _ended = true;
                output.Fail(error);
                NotebookStatus status = _cancellation.IsCancellationRequested ? NotebookStatus.Cancelled : NotebookStatus.Failed;
                _ending(new NotebookResult(status, CellFailure.Of(_number, cell.Source, error)));
            }
            finally
            {
                if (entered)
                {
                    _gate.Exit();
                }
            }
        }).Wait(Patience);
    }

    private sealed class Gated(ProcessEnd end, OutputCollector inner) : ICellOutput
    {
        public void Write(bool error, string text) => Pass(() => inner.Write(error, text));

        public void Display(MimeBundle value, string? displayId) => Pass(() => inner.Display(value, displayId));

        public void Update(MimeBundle value, string displayId) => Pass(() => inner.Update(value, displayId));

        public void Result(MimeBundle value) => Pass(() => inner.Result(value));

        private void Pass(Action show)
        {
            lock (end._gate)
            {
                if (!end._ended)
                {
                    show();
                }
            }
        }
    }
}
