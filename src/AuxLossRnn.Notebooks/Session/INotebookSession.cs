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

/// <summary>Takes what a cell shows. Called from any thread, one call at a time for each session.</summary>
public interface ICellOutput
{
    /// <summary>Text of the console, as it is written.</summary>
    /// <param name="error">Whether it went to the error stream.</param>
    /// <param name="text">The text; lines may be broken anywhere.</param>
    void Write(bool error, string text);

    /// <summary>A value that the cell displays.</summary>
    /// <param name="value">The value in one or more formats.</param>
    /// <param name="displayId">The name under which it may be updated; null for never.</param>
    void Display(MimeBundle value, string? displayId);

    /// <summary>A displayed value's new look, in place of the old one, also from a later cell.</summary>
    /// <param name="value">The value.</param>
    /// <param name="displayId">The name it was displayed under.</param>
    void Update(MimeBundle value, string displayId);

    /// <summary>The value of the cell's last expression.</summary>
    /// <param name="value">The value.</param>
    void Result(MimeBundle value);
}

/// <summary>One value in several formats, the richest that a reader understands wins.</summary>
/// <param name="Formats">Text by MIME type, such as <c>text/html</c> and <c>text/plain</c>.</param>
public sealed record MimeBundle(IReadOnlyDictionary<string, string> Formats);

/// <summary>How a cell ended.</summary>
/// <param name="Status">How.</param>
/// <param name="Error">What went wrong; null where nothing did.</param>
public sealed record CellResult(CellStatus Status, CellError? Error = null);

/// <summary>How a cell ended.</summary>
public enum CellStatus
{
    /// <summary>It ran to its end.</summary>
    Succeeded,

    /// <summary>It did not compile, or threw.</summary>
    Failed,

    /// <summary>It was stopped.</summary>
    Cancelled,
}

/// <summary>What went wrong in a cell.</summary>
/// <param name="Name">The error's kind: an exception's type, or CompilationError.</param>
/// <param name="Message">What it says.</param>
/// <param name="Line">The cell's line, counted from 1 as its author sees it; null if unknown.</param>
/// <param name="Column">The column, counted from 1; null if unknown.</param>
/// <param name="Traceback">Lines to show: messages with their places, then the stack without the host's own frames.</param>
public sealed record CellError(string Name, string Message, int? Line, int? Column, IReadOnlyList<string> Traceback);

/// <summary>Completions at a place.</summary>
/// <param name="Matches">Texts that could stand there.</param>
/// <param name="Start">Where the replaced text begins.</param>
/// <param name="End">Where it ends.</param>
public sealed record CompletionList(IReadOnlyList<string> Matches, int Start, int End);

/// <summary>Whether a cell can be run as it is.</summary>
public enum CellCompleteness
{
    /// <summary>It can be run.</summary>
    Complete,

    /// <summary>It wants more text.</summary>
    Incomplete,

    /// <summary>It is wrong whatever follows.</summary>
    Invalid,
}
