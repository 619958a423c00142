using System.Globalization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>A row of a table.</summary>
/// <param name="table">The table.</param>
/// <param name="line">The line on which the row begins, from 1.</param>
/// <param name="cells">Its cells.</param>
internal sealed class CsvRow(CsvFile table, int line, string[] cells)
{
    /// <summary>The line on which the row begins, from 1.</summary>
    public int Line => line;

    /// <summary>The cells, without their quotes.</summary>
    public string[] Cells => cells;

    /// <summary>A cell as a number.</summary>
    public double Number(int column) =>
        CsvFile.TryNumber(cells[column], out double number) && double.IsFinite(number) ? number : throw NoNumber(column, "a finite number");

    /// <summary>A cell as the number of a step, to all its digits: a 64-bit float cannot tell one nanosecond of our time from the next.</summary>
    public decimal Step(int column) =>
        CsvFile.TryNumber(cells[column], out double near) && double.IsFinite(near)
            && decimal.TryParse(cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : throw NoNumber(column, "a finite number of less than 29 digits");

    private UserException NoNumber(int column, string expected)
    {
        string found = cells[column].Trim().Length == 0 ? "is empty" : $"is '{cells[column]}'";
        string header = line == table.FirstLine && table.HeaderRow is null ? " If this line is a header, say header: true." : "";
        return new UserException(
            $"Line {line}, column {column + 1} of '{table.Path}' {found}, but must be {expected} with a decimal point.{header}");
    }

    /// <summary>A cell that may not be empty.</summary>
    public string Text(int column, string what) => string.IsNullOrWhiteSpace(cells[column])
        ? throw new UserException($"Line {line}, column {column + 1} of '{table.Path}' is empty, but must be the {what}.")
        : cells[column].Trim();
}
