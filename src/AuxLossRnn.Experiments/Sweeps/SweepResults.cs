using System.Globalization;
using System.Text;
using System.Text.Json;
using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>What the runs of a sweep came to, as far as they have ended.</summary>
public sealed class SweepResults
{
    private static readonly (string Name, Func<SweepRow, object?> Value)[] OfRow =
    [
        ("n", row => row.Accuracy.Count),
        ("accuracy_mean", row => Rounded(row.Accuracy.Mean)),
        ("accuracy_deviation", row => Rounded(row.Accuracy.Deviation)),
        ("accuracy_low", row => Rounded(row.Accuracy.Low)),
        ("accuracy_high", row => Rounded(row.Accuracy.High)),
        ("on_validation_mean", row => Rounded(Mean(row, result => 100 * result.Summary.BestOnValidation))),
        ("steps_mean", row => Mean(row, result => result.Summary.Steps)),
        ("seconds_mean", row => Rounded(Mean(row, result => result.Summary.WallSeconds))),
        ("seeds", row => string.Join(' ', row.Results.Keys)),
    ];

    private static readonly (string Name, Func<PairedDifference, object?> Value)[] OfPair =
        [("axis", one => one.Axis), ("from", one => one.From), ("to", one => one.To)];

    private static readonly (string Name, Func<PairedDifference, object?> Value)[] OfDifference =
    [
        ("n", one => one.Seeds.Count),
        ("difference_mean", one => Rounded(one.Seeds.Mean)),
        ("difference_low", one => Rounded(one.Seeds.Low)),
        ("difference_high", one => Rounded(one.Seeds.High)),
        ("leaves_zero_out", one => one.Seeds.Count < 2 ? "unknown" : one.LeavesZeroOut ? "yes" : "no"),
    ];

    /// <summary>The columns of the tables beside those of the axes.</summary>
    internal static IEnumerable<string> Columns =>
        OfRow.Select(column => column.Name).Concat(OfPair.Select(column => column.Name)).Concat(OfDifference.Select(column => column.Name));

    private SweepResults(Sweep sweep, IReadOnlyDictionary<ExperimentSpec, MeasuredResult> finished)
    {
        Sweep = sweep;
        All = [.. sweep.Points.Select(point => finished.GetValueOrDefault(point.Spec)).OfType<MeasuredResult>().Concat(finished.Values).Distinct()];
        Rows = [.. sweep.Points.GroupBy(point => string.Join('\n', point.Labels.Values)).Select(group => new SweepRow(
            group.First().Labels, group.First().Spec,
            group.Where(point => finished.ContainsKey(point.Spec)).ToDictionary(point => point.Spec.Seed, point => finished[point.Spec])))];
    }

    /// <summary>The sweep.</summary>
    public Sweep Sweep { get; }

    /// <summary>Every finished run, in the plan's order; then those that were kept though the sweep has them no longer.</summary>
    public IReadOnlyList<MeasuredResult> All { get; }

    /// <summary>A row for each combination of values, whether its runs have ended or not.</summary>
    public IReadOnlyList<SweepRow> Rows { get; }

    /// <summary>The pairs of rows that differ in one axis, over the seeds that both have; those without a common seed are left out.</summary>
    public IReadOnlyList<PairedDifference> Differences =>
    [
        .. from axis in Sweep.Axes
           from rows in Rows.GroupBy(row => string.Join('\n', row.Labels.Where(one => one.Key != axis.Name).Select(one => one.Value)))
           let list = rows.ToArray()
           from pair in Enumerable.Range(0, list.Length).SelectMany(i => Enumerable.Range(i + 1, list.Length - i - 1).Select(j => (From: list[i], To: list[j])))
           let difference = Difference(axis.Name, pair.From, pair.To)
           where difference.Seeds.Count > 0
           select difference,
    ];

    /// <summary>The file in which the finished runs of a sweep are kept: beside the sweep's own file, a run a line.</summary>
    /// <param name="sweep">The sweep; it was read from a file.</param>
    public static string PathOf(Sweep sweep) => Beside(sweep, ".jsonl");

    /// <summary>Collects what has been kept and what lies finished in the run folders.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <exception cref="UserException">A file is damaged.</exception>
    public static SweepResults Collect(Sweep sweep)
    {
        var finished = new Dictionary<ExperimentSpec, MeasuredResult>();
        if (sweep.File is not null && File.Exists(PathOf(sweep)))
        {
            foreach (MeasuredResult kept in Read(PathOf(sweep)))
            {
                finished.TryAdd(Sweep.Canonical(kept.Config), kept);
            }
        }

        foreach (SweepPoint point in sweep.Distinct)
        {
            if (IsFinished(point.Folder))
            {
                finished.TryAdd(point.Spec, MeasuredResult.Read(point.Folder));
            }
        }

        return new SweepResults(sweep, finished);
    }

    /// <summary>Reads kept runs.</summary>
    /// <param name="path">The file, a run a line.</param>
    /// <exception cref="UserException">There is none, or a line is damaged.</exception>
    public static IReadOnlyList<MeasuredResult> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new UserException($"There is no {Path.GetFullPath(path)}. `auxloss sweep collect` writes it.");
        }

        var results = new List<MeasuredResult>();
        foreach ((int number, string line) in File.ReadLines(path).Index().Where(one => one.Item.Length > 0))
        {
            try
            {
                results.Add(MeasuredResult.Parse(line));
            }
            catch (Exception failure) when (failure is JsonException or UserException)
            {
                throw new UserException($"{path}, line {number + 1}, is no result of this version of the kit: {failure.Message}", failure);
            }
        }

        return results;
    }

    /// <summary>Writes NAME.jsonl (the runs), NAME.csv (<see cref="Table"/>) and NAME-differences.csv beside the sweep's file, each complete or not at all.</summary>
    /// <returns>The files.</returns>
    public IReadOnlyList<string> Write()
    {
        (string Suffix, string Text)[] files =
        [
            (".jsonl", string.Join('\n', All.Select(result => JsonSerializer.Serialize(result, KitJson.Line)))),
            (".csv", Csv(Table())),
            ("-differences.csv", Csv(DifferenceTable())),
        ];
        foreach ((string suffix, string text) in files)
        {
            AtomicFile.WriteText(Beside(Sweep, suffix), text);
        }

        return [.. files.Select(file => Beside(Sweep, file.Suffix))];
    }

    /// <summary>A row for each combination: the axes, n, mean and standard deviation of the test accuracy (%), the mean's 95 % interval, mean steps and seconds.</summary>
    /// <remarks>The accuracy is that of the last step. <c>on_validation_mean</c> is that of the step which was best on held-out examples.</remarks>
    public DataFrame Table() =>
        ResultTables.Table(Rows, [.. Sweep.Axes.Select(axis => (axis.Name, (Func<SweepRow, object?>)(row => row.Labels[axis.Name]))), .. OfRow]);

    /// <summary>A row for each pair of rows that differ in one axis: the mean difference (points) with its 95 % interval over paired seeds.</summary>
    public DataFrame DifferenceTable() => ResultTables.Table(
        Differences,
        [
            .. OfPair,
            .. Sweep.Axes.Select(axis => (axis.Name, (Func<PairedDifference, object?>)(one => one.Others.GetValueOrDefault(axis.Name, "")))),
            .. OfDifference,
        ]);

    /// <summary>Finds the row of some labels.</summary>
    /// <param name="labels">Axis and label, for each axis.</param>
    /// <exception cref="UserException">There is no such row.</exception>
    public SweepRow Row(params (string Axis, string Label)[] labels) =>
        Rows.FirstOrDefault(row => row.Labels.Count == labels.Length && labels.All(one => row.Labels.GetValueOrDefault(one.Axis) == one.Label))
        ?? throw new UserException($"The sweep {Sweep.Name} has no row {string.Join(", ", labels.Select(one => $"{one.Axis} {one.Label}"))}. "
            + $"It has {string.Join("; ", Sweep.Axes.Select(axis => $"{axis.Name}: {string.Join(", ", axis.Values.Select(value => value.Label))}"))}.");

    /// <summary>Lines of a figure: one for each value of an axis, along another axis.</summary>
    /// <param name="along">The axis along the figure.</param>
    /// <param name="lines">The axis whose values are the lines.</param>
    /// <param name="where">Labels of further axes that the rows must have.</param>
    /// <exception cref="UserException">There is no such axis.</exception>
    public IReadOnlyList<PointSeries> Lines(string along, string lines, params (string Axis, string Label)[] where)
    {
        SweepAxis axis(string name) => Sweep.Axes.FirstOrDefault(one => one.Name == name)
            ?? throw new UserException($"The sweep {Sweep.Name} has no axis '{name}'. It has {string.Join(", ", Sweep.Axes.Select(one => one.Name))}.");
        SweepRow[] rows = [.. Rows.Where(row => where.All(one => row.Labels.GetValueOrDefault(axis(one.Axis).Name) == one.Label))];
        (SweepAxis places, SweepAxis names) = (axis(along), axis(lines));
        return [.. from name in names.Values
                   let line = rows.Where(row => row.Labels[names.Name] == name.Label && row.Accuracies.Count > 0).ToArray()
                   where line.Length > 0
                   select new PointSeries(
                       name.Label, line[0].Spec.Model.ToString(),
                       [.. from place in places.Values
                           from row in line
                           where row.Labels[places.Name] == place.Label
                           select (place.Label, row.Accuracy)])];
    }

    /// <summary>Of rows that are variants of one baseline, the one with the highest mean accuracy on held-out examples at the last step: the test set chooses nothing.</summary>
    /// <param name="rows">The rows; those without a result are passed over, unless none has one.</param>
    public static SweepRow BestOnValidation(params IReadOnlyList<SweepRow> rows) =>
        rows.Where(row => row.Results.Values.Any(result => result.Summary.LastValidation is not null))
            .MaxBy(row => Mean(row, result => result.Summary.LastValidation)) ?? rows[0];

    /// <summary>The difference between two rows, seed by seed.</summary>
    /// <param name="axis">The axis in which they differ.</param>
    /// <param name="from">The one row.</param>
    /// <param name="to">The other.</param>
    public static PairedDifference Difference(string axis, SweepRow from, SweepRow to) => new(
        axis, from.Labels[axis], to.Labels[axis], from.Labels.Where(one => one.Key != axis).ToDictionary(one => one.Key, one => one.Value),
        SeedStatistics.Of([.. from.Accuracies.Where(one => to.Accuracies.ContainsKey(one.Key)).Select(one => to.Accuracies[one.Key] - one.Value)]));

    /// <summary>Whether a run folder holds a run that has ended.</summary>
    /// <param name="folder">The run folder.</param>
    public static bool IsFinished(string folder) =>
        RunFolder.Exists(folder) && RunFolder.Read(folder).Folder.ReadSummary() is { Status: RunStatus.Finished };

    private static string Beside(Sweep sweep, string suffix) => sweep.File is string file
        ? Path.Combine(Path.GetDirectoryName(file)!, sweep.Name + suffix)
        : throw new UserException($"The sweep {sweep.Name} was not read from a file, so there is no place beside it to keep its results: write its tables yourself.");

    private static double? Mean(SweepRow row, Func<MeasuredResult, double?> value)
    {
        double[] values = [.. row.Results.Values.Select(value).OfType<double>()];
        return values.Length > 0 ? values.Average() : null;
    }

    private static double? Rounded(double? value) => value is double number && !double.IsNaN(number) ? Math.Round(number, 3) : null;

    private static string Csv(DataFrame frame)
    {
        var text = new StringBuilder(string.Join(',', frame.Columns.Select(column => CsvText.Cell(column.Name)))).Append('\n');
        foreach (DataFrameRow row in frame.Rows)
        {
            text.AppendJoin(',', row.Select(value => CsvText.Cell(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""))).Append('\n');
        }

        return text.ToString();
    }
}
