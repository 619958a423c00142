namespace AuxLossRnn.Notebooks.Session;

/// <summary>What went wrong in a cell.</summary>
/// <param name="Name">The error's kind: an exception's type, or CompilationError.</param>
/// <param name="Message">What it says.</param>
/// <param name="Line">The cell's line, counted from 1 as its author sees it; null if unknown.</param>
/// <param name="Column">The column, counted from 1; null if unknown.</param>
/// <param name="Traceback">Lines to show: messages with their places, then the stack without the host's own frames.</param>
public sealed record CellError(string Name, string Message, int? Line, int? Column, IReadOnlyList<string> Traceback);
