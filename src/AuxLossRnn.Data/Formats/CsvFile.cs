using System.Globalization;
using System.Text;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>A table in a text file (RFC 4180), read row by row: cells may stand in double quotes.</summary>
internal sealed class CsvFile : IDisposable
{
    private readonly CsvReader _rows;
    private readonly char _separator;
    private readonly string _lengths;
    private readonly CsvRow _first;

    private CsvFile(string path, CsvReader rows, bool header, char separator, string lengths)
    {
        (Path, _rows, _separator, _lengths) = (path, rows, separator, lengths);
        CsvRow? first = ReadRow();
        if (first?.Cells[0].StartsWith("sep=", StringComparison.OrdinalIgnoreCase) == true && first.Cells.Skip(1).All(cell => cell.Length == 0))
        {
            string told = first.Cells[0].Length > 4 ? first.Cells[0][4..] : $"{separator}";
            throw new UserException(
                $"Line {first.Line} of '{path}' tells Excel what separates the cells, and is no part of the table. Take it out, and say separator: '{told}'.");
        }

        CsvRow? below = header && first is not null ? ReadRow() : first;
        if (first is null || below is null)
        {
            throw new UserException($"The table '{path}' holds no sequence{(header ? " below its header" : "")}. Expected a row for each.");
        }

        _first = below;
        Columns = first.Cells.Length;
        HeaderRow = header ? first : null;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The row that names the columns; null without a header.</summary>
    public CsvRow? HeaderRow { get; }

    /// <summary>The first row below the header, or of all.</summary>
    public CsvRow FirstRow => _first;

    /// <summary>The line of the first row, the header or not.</summary>
    public int FirstLine => (HeaderRow ?? _first).Line;

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">Whether the first row names the columns.</param>
    /// <param name="separator">What stands between cells.</param>
    /// <param name="lengths">What to say of sequences whose lengths differ where rows have differing numbers of cells.</param>
    /// <param name="content">What it holds, closed with this; null to open the file.</param>
    /// <exception cref="UserException">It cannot be read, is of another format, has no row, or a column without a name.</exception>
    public static CsvFile Open(string path, bool header, char separator, string lengths = "", Stream? content = null)
    {
        if (separator is not (('\t' or >= ' ') and < (char)127) or '"' or '#')
        {
            throw new UserException($"'{separator}' cannot separate the cells of '{path}'. Choose a comma, a semicolon, a tab or another character of ASCII, but no quote and no #.");
        }

        path = UserPath.Expand(path);
        CsvReader rows;
        try
        {
            Stream file = content ?? File.OpenRead(path);
            rows = new CsvReader(file, path, separator);
            if (file.CanSeek && ForeignFormat.Describe(path, file) is string other)
            {
                rows.Dispose();
                throw new UserException(other);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The table '{path}' cannot be read: {failure.Message}", failure);
        }

        try
        {
            var table = new CsvFile(path, rows, header, separator, lengths);
            table.RequireNames();
            return table;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    /// <summary>Reads the rows after the header, once.</summary>
    /// <param name="mayBeShort">Whether rows may have fewer cells than the header, or any number without one; otherwise all have equally many.</param>
    /// <exception cref="UserException">A row is malformed or has another number of cells.</exception>
    public IEnumerable<CsvRow> Rows(bool mayBeShort = false)
    {
        for (CsvRow? row = _first; row is not null; row = ReadRow())
        {
            if (row.Cells.Length != Columns && !(mayBeShort && (HeaderRow is null || row.Cells.Length < Columns)))
            {
                throw new UserException($"Line {row.Line} of '{Path}' has {row.Cells.Length} columns, but line {FirstLine} has {Columns}. {OtherWidth(row)}");
            }

            yield return row;
        }
    }

    /// <summary>Whether the header names such a column.</summary>
    public bool HasColumn(string name) => HeaderRow?.Cells.Contains(name) == true;

    /// <summary>The column of that name.</summary>
    public int Column(string name)
    {
        if (HeaderRow is null)
        {
            throw new UserException($"'{Path}' was read without a header, so it has no column '{name}'. Give the column's number, from 0, or header: true.");
        }

        string[] names = HeaderRow.Cells;
        int[] found = [.. names.Index().Where(column => column.Item == name).Select(column => column.Index)];
        return found.Length == 1
            ? found[0]
            : throw new UserException(
                $"'{Path}' has {(found.Length == 0 ? "no" : "several")} columns '{name}'. Its columns are {Shortened(names)}.{Hint}");
    }

    /// <summary>Why a table may have fewer columns than its reader thinks, as a sentence; empty where its first row does not tell.</summary>
    public string Hint => IsCommented ? " " + Commented
        : (HeaderRow ?? _first).Cells is [string only] && only.IndexOfAny([';', '\t', ',', '|']) is >= 0 and var at
            ? $" If its cells are separated by {(only[at] == '\t' ? "tabs" : $"'{only[at]}'")}, say separator: '{(only[at] == '\t' ? "\\t" : only[at])}'."
        : "";

    /// <summary>Refuses a sequence that was taken for the header. Where a column was found by its name, there is no such doubt.</summary>
    /// <param name="label">The label's column; null without labels.</param>
    /// <param name="labels">The labels of the rows below; none without labels.</param>
    /// <exception cref="UserException">The header's values are numbers, and do not count columns or stand beside a class of other rows.</exception>
    public void RequireHeader(int? label, IReadOnlyCollection<string> labels)
    {
        if (HeaderRow is null)
        {
            return;
        }

        // Tables without names of their own number their columns: from 0, as pandas does, or from 1, the label's with them or not.
        string[] values = [.. HeaderRow.Cells.Where((_, column) => column != label)];
        bool counts = Counts(values) || Counts(HeaderRow.Cells);
        bool isClass = label is int of && !TryNumber(HeaderRow.Cells[of], out _) && labels.Contains(HeaderRow.Cells[of].Trim());
        if (values.Length > 0 && values.All(cell => TryNumber(cell, out _)) && (isClass || !counts))
        {
            throw new UserException(
                $"Line {HeaderRow.Line} of '{Path}' was said to be a header, but reads like a sequence: {Shortened(HeaderRow.Cells)}. If it is one, "
                + "read the table with header: false. If it is a header, give the label's column by its name, or name the columns in words.");
        }
    }

    /// <summary>A cell's number, with a decimal point whatever the reader's language is.</summary>
    public static bool TryNumber(string cell, out double number) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private static bool Counts(string[] cells) =>
        cells is ["0" or "1", ..] && cells.Index().All(cell => cell.Item == $"{cell.Index + (cells[0] == "1" ? 1 : 0)}");

    private static string Shortened(string[] names) =>
        names.Length <= 10 ? string.Join(", ", names) : $"{string.Join(", ", names[..10])} and {names.Length - 10} more";

    private bool IsCommented => (HeaderRow ?? _first).Cells[0].TrimStart().StartsWith('#');

    private string Commented =>
        $"Line {FirstLine} begins with '#': if it is a comment, take it out; if it is the header, take the # out, which np.savetxt(…, comments='') does not write.";

    // What one row has more or less than the first tells why.
    private string OtherWidth(CsvRow row) =>
        row.Cells is ["\u001a"] ? CsvRow.CtrlZ
        : IsCommented ? Commented
        : row.Cells.Length == Columns + 1 && row.Cells[^1].Length == 0 ? $"It ends with '{_separator}', after which another cell is expected. Take it out of every such line."
        : $"Every row needs equally many, separated by '{_separator}'. {_lengths}".TrimEnd() + Hint;

    private void RequireNames()
    {
        int unnamed = HeaderRow is null ? -1 : Array.FindIndex(HeaderRow.Cells, string.IsNullOrWhiteSpace);
        if (unnamed < 0)
        {
            return;
        }

        string cause = unnamed == Columns - 1 && unnamed > 0 && _first.Cells.Length == Columns && _first.Cells[^1].Trim().Length == 0
            ? $"The line ends with '{_separator}', and so does the next: each then has an empty cell more. Take it out of every line."
            : unnamed == 0 && _first.Cells[0].Trim() is "0" or "1"
                ? "pandas writes the rows' index so: write the table with to_csv(path, index=False). If the column belongs to the sequences, give it a name."
                : "Give it one, or take the column out.";
        throw new UserException($"Column {unnamed + 1} of '{Path}' has no name in line {HeaderRow!.Line}, the header. {cause}");
    }

    private CsvRow? ReadRow()
    {
        while (_rows.ReadRow())
        {
            if (!_rows.IsBlank)
            {
                return new CsvRow(this, _rows.Line, [.. Enumerable.Range(0, _rows.Columns).Select(column => Encoding.UTF8.GetString(_rows[column]))]);
            }
        }

        return null;
    }
}
