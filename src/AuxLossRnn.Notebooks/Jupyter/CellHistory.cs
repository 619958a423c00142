using System.IO.Enumeration;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>The cells of this session, in the order they ran. There are no earlier sessions.</summary>
internal sealed class CellHistory
{
    /// <summary>The number by which Jupyter calls this session.</summary>
    internal const int Session = 1;

    private readonly List<HistoryCell> _cells = [];

    internal void Add(int number, string code) => _cells.Add(new HistoryCell(number, code));

    /// <summary>The last cells.</summary>
    internal IReadOnlyList<HistoryCell> Tail(int count) => [.. _cells.TakeLast(count)];

    /// <summary>Cells by number.</summary>
    /// <param name="session">0 for this session, or its number; of others nothing is known.</param>
    /// <param name="start">The first number.</param>
    /// <param name="stop">The number after the last; null for all.</param>
    internal IReadOnlyList<HistoryCell> Range(int session, int start, int? stop) => session is 0 or Session
        ? [.. _cells.Where(cell => cell.Number >= start && (stop is null || cell.Number < stop))]
        : [];

    /// <summary>The last cells whose whole text fits a pattern with <c>*</c> and <c>?</c>.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="count">How many at most; null for all.</param>
    /// <param name="unique">Whether a text is given once, where it ran last.</param>
    internal IReadOnlyList<HistoryCell> Search(string pattern, int? count, bool unique)
    {
        IEnumerable<HistoryCell> found = _cells.Where(cell => FileSystemName.MatchesSimpleExpression(pattern, cell.Code, ignoreCase: false));
        if (unique)
        {
            found = found.Reverse().DistinctBy(cell => cell.Code).Reverse();
        }

        return [.. found.TakeLast(count ?? int.MaxValue)];
    }
}
