namespace AuxLossRnn.Notebooks.Session;

/// <summary>
/// A cell's thread, with a stack for deep recursion. It is not ended from outside: a cell that is to stop throws at its next
/// check, or is woken where it waits.
/// </summary>
internal sealed class CellThread
{
    private const int StackBytes = 16 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Thread _thread;
    private readonly TaskCompletionSource<CellResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private bool _stopping;

    /// <summary>Makes a thread.</summary>
    /// <param name="name">The cell's name.</param>
    /// <param name="run">Runs the cell.</param>
    /// <param name="released">Called on the thread when the cell is over, before its result is known.</param>
    public CellThread(string name, Func<CellResult> run, Action released) => _thread = new Thread(
        () =>
        {
            CellResult result = Run(name, run);
            lock (_gate)
            {
                if (_stopping)
                {
                    CellCheck.End();
                }
                else
                {
                    // Too late to stop it.
                    _stopping = true;
                }
            }

            released();
            _ended.TrySetResult(result);
        },
        StackBytes)
    {
        IsBackground = true,
        Name = name,
    };

    /// <summary>Runs the cell.</summary>
    /// <param name="cancellation">Stops it.</param>
    public async Task<CellResult> RunAsync(CancellationToken cancellation)
    {
        _thread.Start();
        await using CancellationTokenRegistration stop = cancellation.Register(Stop);
        return await EndAsync(cancellation);
    }

    // Whatever happens, somebody waits for the result.
    private static CellResult Run(string name, Func<CellResult> run)
    {
        try
        {
            return run();
        }
#pragma warning disable CA1031
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return new CellResult(CellStatus.Failed, CellErrors.Thrown(problem, name, _ => false));
        }
    }

    private void Stop()
    {
        lock (_gate)
        {
            if (!_stopping)
            {
                _stopping = true;
                CellCheck.Begin();
            }
        }
    }

    // A cell that waits has no loop that checks: it is woken. One in foreign code is left to end by itself.
    private async Task<CellResult> EndAsync(CancellationToken cancellation)
    {
        Task<CellResult> ended = _ended.Task;
        try
        {
            return await ended.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            if (await Task.WhenAny(ended, Task.Delay(Patience, CancellationToken.None)) != ended)
            {
                _thread.Interrupt();
                await Task.WhenAny(ended, Task.Delay(Patience, CancellationToken.None));
            }

            return ended.IsCompleted ? await ended : new CellResult(CellStatus.StillRunning, CellErrors.StillRunning(_thread.Name!));
        }
    }
}
