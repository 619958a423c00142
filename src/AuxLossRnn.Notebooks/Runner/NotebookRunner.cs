using System.Diagnostics;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Runner;

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
    /// <exception cref="UserException">A cell is of a language, or has a directive, that is not known here.</exception>
    public static async Task<NotebookResult> RunAsync(
        NotebookDocument notebook, string folder, TimeSpan? timeout, IRunListener? listener, Action<string>? save,
        Action<NotebookResult>? ending = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        RequireKnown(notebook);
        notebook.Upgrade();
        NotebookCell[] cells = [.. notebook.Cells.Where(cell => cell.IsRun)];
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

    // Before any of them runs: nobody waits an hour to hear that a later cell cannot run.
    private static void RequireKnown(NotebookDocument notebook)
    {
        foreach ((int index, NotebookCell cell) in notebook.Cells.Index().Where(item => item.Item.IsRun && !item.Item.Tags.Contains("raises-exception")))
        {
            string name = $"Cell {index + 1}, counted from the top,";
            string code = CellLanguages.Prefixed(cell.Source, notebook.LanguageOf(cell), name);
            try
            {
                _ = CellParts.Split(code);
            }
            catch (DirectiveException problem)
            {
                throw new UserException($"{name} cannot be run. Line {(code == cell.Source ? problem.Line : problem.Line - 1)}: {problem.What}");
            }
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
            string code = CellLanguages.Prefixed(cell.Source, run.Notebook.LanguageOf(cell), $"Cell [{number}]");
            CellResult result = await session.ExecuteAsync(code, new OverheardOutput(outputs, number, run.Listener), number, stop.Token);
            if (code != cell.Source && result.Error is { Line: > 1 } late)
            {
                // The cell has no line with its language.
                result = result with { Error = late with { Line = late.Line - 1 } };
            }

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

            if (result.Status is CellStatus.Cancelled or CellStatus.StillRunning || (result.Status == CellStatus.Failed && !cell.Tags.Contains("raises-exception")))
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
