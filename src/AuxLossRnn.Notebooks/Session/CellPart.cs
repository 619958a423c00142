namespace AuxLossRnn.Notebooks.Session;

/// <summary>A stretch of a cell.</summary>
/// <param name="Kind">The name of its directive; csharp for code.</param>
/// <param name="Text">Its code or text, or the directive's argument.</param>
/// <param name="Line">The cell's line of a directive, from 1.</param>
internal sealed record CellPart(string Kind, string Text, int Line);
