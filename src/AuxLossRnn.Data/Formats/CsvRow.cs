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
    public float Number(int column) => (float)Exact(column);

    /// <summary>A cell as a number that a 32-bit float can hold, with more digits: seconds of our time differ in the tenth.</summary>
    public double Exact(int column)
    {
        if (CsvFile.TryNumber(cells[column], out double number) && float.IsFinite((float)number))
        {
            return number;
        }

        string found = cells[column].Trim().Length == 0 ? "is empty" : $"is '{cells[column]}'";
        string header = line == table.FirstLine && table.HeaderRow is null ? " If this line is a header, say header: true." : "";
        throw new UserException(
            $"Line {line}, column {column + 1} of '{table.Path}' {found}, but must be a finite number with a decimal point.{header}");
    }

    /// <summary>A cell that may not be empty.</summary>
    public string Text(int column, string what) => string.IsNullOrWhiteSpace(cells[column])
        ? throw new UserException($"Line {line}, column {column + 1} of '{table.Path}' is empty, but must be the {what}.")
        : cells[column].Trim();
}
