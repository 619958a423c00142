using System.Diagnostics;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Runner;

/// <summary>How a notebook's run ended.</summary>
public enum NotebookStatus
{
    /// <summary>All cells ran.</summary>
    Finished,

    /// <summary>A cell failed; those after it did not run.</summary>
    Failed,

    /// <summary>The time was up.</summary>
    TimedOut,

    /// <summary>It was stopped from outside.</summary>
    Cancelled,
}

/// <summary>One cell's run.</summary>
/// <param name="Number">The cell's number as the notebook shows it: the count of executions, from 1.</param>
/// <param name="FirstLine">The first line of its code.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Status">How it ended.</param>
public sealed record CellProgress(int Number, string FirstLine, TimeSpan Duration, CellStatus Status);

/// <summary>The cell that ended a run.</summary>
/// <param name="Number">Its number, as in <see cref="CellProgress"/>.</param>
/// <param name="SourceLine">The line of code at fault; null if it is not known.</param>
/// <param name="Error">What went wrong.</param>
public sealed record CellFailure(int Number, string? SourceLine, CellError Error)
{
    internal static CellFailure Of(int number, string source, CellError error)
    {
        string[] lines = source.Split('\n');
        return new CellFailure(number, error.Line >= 1 && error.Line <= lines.Length ? lines[error.Line.Value - 1].Trim() : null, error);
    }
}

/// <summary>How a notebook's run ended.</summary>
/// <param name="Status">How.</param>
/// <param name="Failure">The cell that ended it; null if all ran.</param>
public sealed record NotebookResult(NotebookStatus Status, CellFailure? Failure);

/// <summary>Hears how a run goes on.</summary>
public interface IRunListener
{
    /// <summary>A cell begins.</summary>
    /// <param name="number">Its number, as in <see cref="CellProgress"/>.</param>
    /// <param name="firstLine">The first line of its code.</param>
    void Started(int number, string firstLine);

    /// <summary>A cell prints, on any thread; one that is done may have left a thread behind that prints on.</summary>
    /// <param name="number">The cell's number.</param>
    /// <param name="text">The text; lines may be broken anywhere.</param>
    void Printed(int number, string text);

    /// <summary>A cell is done.</summary>
    /// <param name="cell">How.</param>
    void Ended(CellProgress cell);
}

/// <summary>Runs a notebook without anybody watching and keeps its outputs in it.</summary>
public static class NotebookRunner
{
    /// <summary>Runs the code cells from the top.</summary>
    /// <remarks>
    /// A cell tagged skip-execution is left as it is; one tagged raises-exception may fail. Outputs of an earlier run are dropped.
    /// </remarks>
    /// <param name="notebook">The notebook; it gets the outputs, also of a run that fails, and the format 4.5.</param>
    /// <param name="folder">The notebook's folder.</param>
    /// <param name="timeout">How long the whole notebook may take; null for as long as it wants.</param>
    /// <param name="listener">Hears of each cell; null for nobody.</param>
    /// <param name="save">Takes the notebook's text after each cell that changed its outputs; null for nobody.</param>
    /// <param name="ending">
    /// Called if a cell ends the process, on the way to that end and with what was shown so far in the notebook: the last
    /// occasion to write it. It is not waited for for long.
    /// </param>
    /// <param name="cancellation">Stops the run.</param>
    public static async Task<NotebookResult> RunAsync(
        NotebookDocument notebook, string folder, TimeSpan? timeout, IRunListener? listener, Action<string>? save,
        Action<NotebookResult>? ending = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        notebook.Upgrade();
        NotebookCell[] cells = [.. notebook.Cells.Where(cell => cell.IsCode && !cell.Tags.Contains("skip-execution"))];
        foreach (NotebookCell cell in cells)
        {
            cell.Outputs.Clear();
            cell.ExecutionCount = null;
            cell.Executed = null; // times would make every re-run another file
        }

        var outputs = new NotebookOutputs();
        try
        {
            return await RunAsync(cells, new Run(notebook, outputs, listener, save, ending), folder, timeout, cancellation);
        }
        finally
        {
            // Threads that cells left behind may print on; the notebook is the caller's again.
            outputs.Close();
        }
    }

    private sealed record Run(
        NotebookDocument Notebook, NotebookOutputs Outputs, IRunListener? Listener, Action<string>? Save, Action<NotebookResult>? Ending);

    private static async Task<NotebookResult> RunAsync(NotebookCell[] cells, Run run, string folder, TimeSpan? timeout, CancellationToken cancellation)
    {
        await using var session = new CSharpSession(folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (timeout is TimeSpan limit)
        {
            stop.CancelAfter(limit);
        }

        CellError? strayed = null;
        session.ExceptionStrayed += error =>
        {
            // The cell that caused it may be over, and the one that runs now may wait for the thread that is gone.
            Interlocked.CompareExchange(ref strayed, error, null);
            stop.Cancel();
        };
        int number = 0;
        using var end = new ProcessEnd(run.Outputs, run.Ending, cancellation);
        foreach (NotebookCell cell in cells.Where(cell => !string.IsNullOrWhiteSpace(cell.Source)))
        {
            var watch = Stopwatch.StartNew();
            number++;
            cell.ExecutionCount = number;
            string[] lines = cell.Source.Split('\n');
            string firstLine = lines.First(line => !string.IsNullOrWhiteSpace(line)).Trim();
            run.Listener?.Started(number, firstLine);
            OutputCollector outputs = run.Outputs.Of(cell, number);
            end.Watch(cell, number, outputs);
            CellResult result = await session.ExecuteAsync(cell.Source, new OverheardOutput(outputs, number, run.Listener), number, stop.Token);
            if (strayed is not null)
            {
                result = new CellResult(CellStatus.Failed, strayed);
            }

            if (result.Error is not null)
            {
                outputs.Fail(result.Error);
            }

            run.Listener?.Ended(new CellProgress(number, firstLine, watch.Elapsed, result.Status));
            if (run.Save is not null && run.Outputs.TextIfChanged(run.Notebook) is string text)
            {
                run.Save(text);
            }

            if (result.Status == CellStatus.Cancelled || (result.Status == CellStatus.Failed && !cell.Tags.Contains("raises-exception")))
            {
                NotebookStatus status = result.Status == CellStatus.Failed ? NotebookStatus.Failed
                    : cancellation.IsCancellationRequested ? NotebookStatus.Cancelled : NotebookStatus.TimedOut;
                var error = result.Error ?? new CellError("Cancelled", "The cell was stopped.", null, null, []);
                return new NotebookResult(status, CellFailure.Of(number, cell.Source, error));
            }
        }

        return new NotebookResult(NotebookStatus.Finished, null);
    }
}
