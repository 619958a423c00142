using System.Globalization;
using System.Text;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>A table in a text file (RFC 4180): cells may stand in double quotes.</summary>
internal sealed class CsvFile
{
    private readonly string _path;

    private CsvFile(string path, string[]? header, List<(int Line, string[] Cells)> rows) => (_path, Header, Rows) = (path, header, rows);

    /// <summary>The columns' names; null without a header.</summary>
    public string[]? Header { get; }

    /// <summary>The rows after the header, with the line on which each begins; all have equally many cells.</summary>
    public IReadOnlyList<(int Line, string[] Cells)> Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns => (Header ?? Rows[0].Cells).Length;

    /// <summary>Reads a file whole.</summary>
    public static CsvFile Read(string path, bool header, char separator)
    {
        string text;
        try
        {
            text = File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException failure)
        {
            throw new UserException($"The table '{path}' is no UTF-8 text. Save it as UTF-8: other letters would be taken for one another.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The table '{path}' cannot be read: {failure.Message}", failure);
        }

        List<(int Line, string[] Cells)> rows = Parse(path, text, separator);
        if (rows.Count <= (header ? 1 : 0))
        {
            throw new UserException($"The table '{path}' holds no sequence{(header ? " below its header" : "")}. Expected a row for each.");
        }

        foreach ((int line, string[] cells) in rows)
        {
            if (cells.Length != rows[0].Cells.Length)
            {
                throw new UserException(
                    $"Line {line} of '{path}' has {cells.Length} columns, but line {rows[0].Line} has {rows[0].Cells.Length}. Every row needs "
                    + $"equally many, separated by '{separator}'. Sequences of differing lengths: a row a step, with FromLongCsv.");
            }
        }

        if (header && rows[0].Cells.All(cell => TryNumber(cell, out _)))
        {
            throw new UserException(
                $"Line {rows[0].Line} of '{path}' was said to be a header, but holds only numbers. Read it with header: false, or name the columns.");
        }

        return header ? new CsvFile(path, rows[0].Cells, rows[1..]) : new CsvFile(path, null, rows);
    }

    /// <summary>The column of that name.</summary>
    public int Column(string name)
    {
        if (Header is null)
        {
            throw new UserException($"'{_path}' was read without a header, so it has no column '{name}'. Give the column's number, from 0, or header: true.");
        }

        int[] found = [.. Header.Index().Where(column => column.Item == name).Select(column => column.Index)];
        return found.Length == 1
            ? found[0]
            : throw new UserException(
                $"'{_path}' has {(found.Length == 0 ? "no" : "several")} columns '{name}'. Its columns are {Shortened(Header)}."
                + (Header is [string only] && only.Contains(';', StringComparison.Ordinal) ? " If they are separated by semicolons, say separator: ';'." : ""));
    }

    /// <summary>A cell as a number.</summary>
    public float Number(int row, int column) => (float)Exact(row, column);

    /// <summary>A cell as a number that a 32-bit float can hold, with more digits: seconds of our time differ in the tenth.</summary>
    public double Exact(int row, int column)
    {
        (int line, string[] cells) = Rows[row];
        if (TryNumber(cells[column], out double number) && float.IsFinite((float)number))
        {
            return number;
        }

        string found = cells[column].Trim().Length == 0 ? "is empty" : $"is '{cells[column]}'";
        string header = row == 0 && Header is null ? " If this line is a header, say header: true." : "";
        throw new UserException(
            $"Line {line}, column {column + 1} of '{_path}' {found}, but must be a finite number with a decimal point.{header}");
    }

    /// <summary>A cell that may not be empty.</summary>
    public string Text(int row, int column, string what)
    {
        (int line, string[] cells) = Rows[row];
        return string.IsNullOrWhiteSpace(cells[column])
            ? throw new UserException($"Line {line}, column {column + 1} of '{_path}' is empty, but must be the {what}.")
            : cells[column].Trim();
    }

    private static bool TryNumber(string cell, out double number) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static string Shortened(string[] names) =>
        names.Length <= 10 ? string.Join(", ", names) : $"{string.Join(", ", names[..10])} and {names.Length - 10} more";

    private static List<(int Line, string[] Cells)> Parse(string path, string text, char separator)
    {
        var rows = new List<(int, string[])>();
        var cells = new List<string>();
        var cell = new StringBuilder();
        (int line, int start) = (1, 1);
        void EndRow()
        {
            cells.Add(cell.ToString());
            cell.Clear();
            if (cells.Count > 1 || cells[0].Length > 0) // an empty line is no row
            {
                rows.Add((start, [.. cells]));
            }

            cells.Clear();
        }

        for (int i = 0; i < text.Length; i++)
        {
            char letter = text[i];
            if (letter == '"' && cell.Length == 0)
            {
                i = Quoted(path, text, i + 1, cell, ref line);
                if (i + 1 < text.Length && text[i + 1] != separator && text[i + 1] is not ('\n' or '\r'))
                {
                    throw new UserException(
                        $"Line {line} of '{path}' goes on after a closing quote: {cell}\"{text[i + 1]}. Double a quote that is meant, or close the cell with '{separator}'.");
                }
            }
            else if (letter == separator)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else if (letter is '\n' or '\r')
            {
                i += letter == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                EndRow();
                start = ++line;
            }
            else
            {
                cell.Append(letter);
            }
        }

        if (cells.Count > 0 || cell.Length > 0)
        {
            EndRow();
        }

        return rows;
    }

    /// <summary>Reads to the closing quote; two quotes are one in the cell.</summary>
    /// <returns>Where the closing quote is.</returns>
    private static int Quoted(string path, string text, int from, StringBuilder cell, ref int line)
    {
        int opened = line;
        for (int i = from; i < text.Length; i++)
        {
            if (text[i] != '"')
            {
                line += text[i] == '\n' ? 1 : 0;
                cell.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '"')
            {
                cell.Append(text[i++]);
            }
            else
            {
                return i;
            }
        }

        throw new UserException($"The quote that opens on line {opened} of '{path}' never closes. Close it, or double it where it is meant.");
    }
}
