namespace AuxLossRnn.Notebooks.Session;

/// <summary>Runs the cells of a notebook one after the other; they share their state.</summary>
public interface INotebookSession : IAsyncDisposable
{
    /// <summary>Runs a cell.</summary>
    /// <param name="code">The cell's text, directives included.</param>
    /// <param name="output">Takes what the cell shows while it runs, its last value included.</param>
    /// <param name="number">The number that the notebook shows at the cell, by which errors name it; null for none.</param>
    /// <param name="cancellation">Stops the cell; what earlier cells made is kept.</param>
    /// <returns>How it ended; a failing cell is no exception.</returns>
    Task<CellResult> ExecuteAsync(string code, ICellOutput output, int? number = null, CancellationToken cancellation = default);

    /// <summary>What could stand at a place of a cell that is being written.</summary>
    /// <param name="code">The cell's text.</param>
    /// <param name="position">The place: UTF-16 characters before it.</param>
    /// <param name="cancellation">Stops the search.</param>
    Task<CompletionList> CompleteAsync(string code, int position, CancellationToken cancellation = default);

    /// <summary>What is known of the name at a place; null for nothing.</summary>
    /// <param name="code">The cell's text.</param>
    /// <param name="position">The place.</param>
    /// <param name="cancellation">Stops the search.</param>
    Task<MimeBundle?> InspectAsync(string code, int position, CancellationToken cancellation = default);

    /// <summary>Whether a cell can be run as it is, or wants another line.</summary>
    /// <param name="code">The cell's text.</param>
    CellCompleteness Completeness(string code);
}
