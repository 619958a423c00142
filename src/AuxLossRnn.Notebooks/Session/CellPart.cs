namespace AuxLossRnn.Notebooks.Session;

/// <summary>A stretch of a cell.</summary>
/// <param name="Kind">The name of its directive; csharp for code.</param>
/// <param name="Text">Its code or text, or the directive's argument; all of a directive that kernels read.</param>
/// <param name="Line">The cell's line of a directive, from 1.</param>
/// <param name="Language">The language of the cell where the directive stands.</param>
internal sealed record CellPart(string Kind, string Text, int Line, string Language = CellLanguages.CSharp);
