using System.Globalization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>A row of a table.</summary>
/// <param name="table">The table.</param>
/// <param name="line">The line on which the row begins, from 1.</param>
/// <param name="cells">Its cells.</param>
internal sealed class CsvRow(CsvFile table, int line, string[] cells)
{
    /// <summary>What to do about the character that old programs end a file with.</summary>
    public const string CtrlZ = "The character U+001A (Ctrl-Z), which old programs write at the end of a file, is not seen. Delete it.";

    /// <summary>The line on which the row begins, from 1.</summary>
    public int Line => line;

    /// <summary>The cells, without their quotes.</summary>
    public string[] Cells => cells;

    /// <summary>A cell as a number.</summary>
    public double Number(int column) =>
        CsvFile.TryNumber(cells[column], out double number) && double.IsFinite(number) ? number : throw NoNumber(column, "a finite number");

    /// <summary>A cell as a number; NaN where it is missing and may be.</summary>
    public double Number(int column, bool mayBeMissing) => mayBeMissing && IsMissing(column) ? double.NaN : Number(column);

    /// <summary>Whether a cell holds no number because there is none: it is empty, NaN, NA or a question mark.</summary>
    public bool IsMissing(int column) => cells[column].Trim() is "" or "?" or "NA" || (CsvFile.TryNumber(cells[column], out double number) && double.IsNaN(number));

    /// <summary>How many of some cells stand before those at the end that are all missing.</summary>
    /// <param name="columns">Which cells.</param>
    public int Filled(int[] columns) => Array.FindLastIndex(columns, column => !IsMissing(column)) + 1;

    /// <summary>A cell that is missing, with all that follow.</summary>
    /// <param name="column">The cell.</param>
    /// <param name="cure">What to do.</param>
    public UserException Ended(int column, string cure) => NoNumber(column, "a finite number", $" Nothing follows it: {cure}");

    /// <summary>A cell as the number of a step, to all its digits: a 64-bit float cannot tell one nanosecond of our time from the next.</summary>
    public decimal Step(int column) =>
        CsvFile.TryNumber(cells[column], out double near) && double.IsFinite(near)
            && decimal.TryParse(cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : throw NoNumber(column, "a finite number of less than 29 digits");

    private UserException NoNumber(int column, string expected, string ended = "")
    {
        string cell = cells[column];
        string found = cell.Trim().Length == 0 ? "is empty" : $"is '{Shown(cell)}'";
        string header = line == table.FirstLine && table.HeaderRow is null ? " If this line is a header, say header: true." : "";
        string unseen = cell.Contains('\u001a', StringComparison.Ordinal) ? " " + CtrlZ
            : Shown(cell) != cell ? " What is written \\u is a character that is not seen. Delete it."
            : cell.Contains('\u2212', StringComparison.Ordinal) ? " Its minus is the character U+2212; write a hyphen."
            : "";
        return new UserException(
            $"Line {line}, column {column + 1} of '{table.Path}' {found}, but must be {expected} with a decimal point.{ended}{unseen}{header}");
    }

    // A number may be surrounded by what nobody sees, such as the space of no width that web pages have.
    private static string Shown(string cell) => string.Concat(cell.Select(letter =>
        letter != ' ' && char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            ? $"\\u{(int)letter:x4}"
            : $"{letter}"));

    /// <summary>A cell that may not be empty.</summary>
    public string Text(int column, string what) => string.IsNullOrWhiteSpace(cells[column])
        ? throw new UserException($"Line {line}, column {column + 1} of '{table.Path}' is empty, but must be the {what}.")
        : cells[column].Trim();
}
