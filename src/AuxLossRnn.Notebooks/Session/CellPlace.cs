namespace AuxLossRnn.Notebooks.Session;

/// <summary>What stands at a place of a cell.</summary>
/// <param name="Code">The cell with nothing but its C#: all else is blank, so that places stay.</param>
/// <param name="LineStart">Where the place's line begins.</param>
/// <param name="Language">The language of the line.</param>
/// <param name="IsDirective">Whether the line is a directive, or begins as one.</param>
internal sealed record CellPlace(string Code, int LineStart, string Language, bool IsDirective);
