using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Runner;

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
