using System.Globalization;
using AuxLossRnn.Training.Runs;
using Spectre.Console;

namespace AuxLossRnn.Benchmarks;

/// <summary>Collects what was measured, prints it and writes it.</summary>
/// <param name="border">How tables look.</param>
internal sealed class Report(TableBorder border)
{
    private readonly List<Measurement> _measurements = [];
    private readonly List<Finding> _findings = [];
    private string _section = "";

    /// <summary>Begins a section, measures, and prints its tables.</summary>
    /// <param name="measure">Measures and adds what it finds.</param>
    public void Section(string name, Action measure)
    {
        _section = name;
        Console.Error.WriteLine($"measuring {name} ...");
        measure();
        Print(
            [name, "instructions", "precision", "threads", "T", "batch", "median ms", "min", "max", "repetitions", "GFLOP"],
            _measurements.Where(m => m.Section == name).Select(m => new[]
            {
                m.Name, m.Instructions, m.Precision, Text(m.Threads), Text(m.T), Text(m.Batch), Text(m.MillisecondsMedian), Text(m.Min), Text(m.Max),
                Text(m.Repetitions), Text(m.Flop / 1e9),
            }));
        Print(
            [name, "instructions", "precision", "threads", "T", "value", "unit", "note"],
            _findings.Where(f => f.Section == name).Select(f => new[]
            {
                f.Name, f.Instructions ?? "", f.Precision ?? "", Text(f.Threads), Text(f.T), Text(f.Value), f.Unit, f.Note,
            }));
    }

    /// <summary>Adds the times of a step.</summary>
    /// <returns>The median, in milliseconds.</returns>
    public double Add(string name, Step step, double[] times)
    {
        _measurements.Add(Measurement.Of(_section, name, step.Shape, times));
        return _measurements[^1].MillisecondsMedian;
    }

    /// <summary>Adds what follows from times.</summary>
    public void Find(string name, double value, string unit, string note = "", int? t = null) =>
        _findings.Add(new Finding(_section, name, null, null, null, t, Rounded(value), unit, note));

    /// <summary>Adds what follows from the times of one step.</summary>
    public void Find(string name, double value, string unit, string note, StepShape shape) =>
        _findings.Add(new Finding(_section, name, shape.Instructions, shape.Precision, shape.Threads, shape.T, Rounded(value), unit, note));

    /// <summary>Writes everything as JSON, in the place of this processor's earlier results.</summary>
    public void Write(string path) =>
        new Results(RunEnvironment.Capture(0, Steps.Device, TimeProvider.System), _measurements, _findings).WriteTo(path);

    private static double Rounded(double value) => double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Text(double? value) => value is not double number ? ""
        : Math.Abs(number) >= 1000 || number == Math.Floor(number) ? number.ToString("N0", CultureInfo.InvariantCulture)
        : number.ToString("G3", CultureInfo.InvariantCulture);

    private void Print(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(border);
        foreach (string column in columns)
        {
            bool words = column == columns[0] || column is "instructions" or "precision" or "unit" or "note";
            table.AddColumn(new TableColumn(new Text(column)) { Alignment = words ? Justify.Left : Justify.Right });
        }

        foreach (string[] row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        if (table.Rows.Count > 0)
        {
            AnsiConsole.Write(table);
        }
    }
}
