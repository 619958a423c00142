using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments;

/// <summary>Results as data frames, to filter, join and average in a notebook.</summary>
public static class ResultTables
{
    private const int MostRows = 200;

    /// <summary>The paper's numbers: preset, accuracy (%), standing and note.</summary>
    public static DataFrame Published() => Table(
        PublishedResults.All,
        ("preset", row => row.Preset),
        ("accuracy_percent", row => row.Accuracy),
        ("standing", row => row.Standing.ToString()),
        ("note", row => row.Note));

    /// <summary>Measured runs of presets beside the paper's numbers, with the budget and the standing of each.</summary>
    /// <remarks>
    /// <c>measured_percent</c> is the test accuracy of the last step, <c>on_validation</c> and <c>on_test</c> that of the step best there.
    /// </remarks>
    /// <param name="runs">The runs by their presets' names.</param>
    public static DataFrame BesidePublished(IEnumerable<KeyValuePair<string, MeasuredResult>> runs) => Table(
        [.. runs],
        ("preset", run => run.Key),
        ("measured_percent", run => Rounded(run.Value.Summary.LastTest)),
        ("published_percent", run => PublishedResults.Find(run.Key)?.Accuracy),
        ("standing", run => PublishedResults.Find(run.Key)?.Standing.ToString() ?? "unknown"),
        ("on_validation", run => Rounded(run.Value.Summary.BestOnValidation)),
        ("on_test", run => Rounded(run.Value.Summary.BestOnTest)),
        ("steps", run => run.Value.Summary.Steps),
        ("hidden", run => run.Value.Config.Hidden),
        ("seed", run => (double)run.Value.Config.Seed),
        ("seconds", run => Math.Round(run.Value.Summary.WallSeconds)));

    /// <summary>Run folders, a row each.</summary>
    /// <param name="runFolders">The folders; a run need not have ended.</param>
    /// <exception cref="UserException">One holds no run.</exception>
    public static DataFrame Runs(params IEnumerable<string> runFolders) => Table(
        [.. runFolders.Select(path =>
        {
            (RunFolder folder, ExperimentSpec spec) = RunFolder.Read(path);
            return new Row(Path.GetFileName(folder.Path), spec, folder.ReadSummary());
        })],
        RunColumns);

    /// <summary>The committed results of a folder, a row each.</summary>
    /// <param name="folder">The folder, such as <c>data/results</c>; its files that are no results of runs are left out.</param>
    /// <exception cref="UserException">There is no such folder, or a result is damaged.</exception>
    public static DataFrame Results(string folder) =>
        Table([.. ReadResults(folder).Select(one => new Row(one.Name, one.Result.Config, one.Result.Summary))], RunColumns);

    /// <summary>The committed results of a folder, by their files' names.</summary>
    /// <param name="folder">The folder, such as <c>data/results</c>.</param>
    /// <exception cref="UserException">There is no such folder, or a result is damaged.</exception>
    public static IReadOnlyList<(string Name, MeasuredResult Result)> ReadResults(string folder)
    {
        folder = UserPath.Expand(folder);
        if (!Directory.Exists(folder))
        {
            throw new UserException(
                $"There is no folder {Path.GetFullPath(folder)}. Give the folder of measured results, data/results in the repository.");
        }

        var results = new List<(string, MeasuredResult)>();
        foreach (string path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                string text = File.ReadAllText(path);
                using JsonDocument json = JsonDocument.Parse(text);
                if (json.RootElement.ValueKind != JsonValueKind.Object || json.RootElement.TryGetProperty("test_curve", out _)) // benchmarks have none
                {
                    results.Add((Path.GetFileNameWithoutExtension(path), MeasuredResult.Parse(text)));
                }
            }
            catch (Exception failure) when (failure is JsonException or UserException)
            {
                throw new UserException($"{path} is not a result of this version of the kit: {failure.Message}", failure);
            }
        }

        return results.Count > 0
            ? results
            : throw new UserException(
                $"{Path.GetFullPath(folder)} holds no measured result. `auxloss evaluate RUN --result FILE.json` writes one; Runs makes a table of run folders.");
    }

    /// <summary>The training steps of a run, a row each; of each auxiliary loss a column <c>loss_NAME</c>.</summary>
    /// <param name="runFolder">The run folder.</param>
    /// <exception cref="UserException">There is no run.</exception>
    public static DataFrame Steps(string runFolder)
    {
        IReadOnlyList<StepMetrics> steps = RunFolder.Read(runFolder).Folder.Steps();
        (string Name, Func<StepMetrics, object?> Value) column(string loss) =>
            ($"loss_{loss}", row => row.Losses?.TryGetValue(loss, out double value) == true ? value : null);
        return Table(
            steps,
            [
                ("step", row => row.Step),
                ("epoch", row => row.Epoch),
                ("phase", row => row.Phase.ToString().ToLowerInvariant()),
                ("loss_supervised", row => row.LossSupervised),
                ("loss_auxiliary", row => row.LossAuxiliary),
                .. steps.SelectMany(row => row.Losses?.Keys ?? []).Distinct().Select(column),
                ("learning_rate", row => row.LearningRate),
                ("gradient_norm", row => row.GradientNorm),
                ("milliseconds", row => row.Milliseconds),
            ]);
    }

    /// <summary>The evaluations of a run, a row each.</summary>
    /// <param name="runFolder">The run folder.</param>
    /// <exception cref="UserException">There is no run.</exception>
    public static DataFrame Evaluations(string runFolder) => Table(
        RunFolder.Read(runFolder).Folder.Evaluations(),
        ("step", row => row.Step),
        ("epoch", row => row.Epoch),
        ("split", row => row.Split),
        ("accuracy_percent", row => 100 * row.Accuracy),
        ("loss", row => row.Loss));

    /// <summary>A data frame as a table that a notebook shows.</summary>
    /// <param name="frame">The data frame; rows beyond the first 200 are only counted.</param>
    public static HtmlText ToHtmlTable(this DataFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var html = new StringBuilder("<table class=\"auxloss-table\"><thead><tr>");
        foreach (DataFrameColumn column in frame.Columns)
        {
            html.Append(CultureInfo.InvariantCulture, $"<th>{WebUtility.HtmlEncode(column.Name)}</th>");
        }

        html.Append("</tr></thead><tbody>");
        foreach (DataFrameRow row in frame.Rows.Take(MostRows))
        {
            html.Append("<tr>");
            foreach (object? value in row)
            {
                string align = value is string ? "left" : "right";
                html.Append(CultureInfo.InvariantCulture, $"<td style=\"text-align:{align}\">{WebUtility.HtmlEncode(Text(value))}</td>");
            }

            html.Append("</tr>");
        }

        html.Append("</tbody></table>");
        if (frame.Rows.Count > MostRows)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>{frame.Rows.Count - MostRows:N0} more rows</p>");
        }

        return new HtmlText(html.ToString());
    }

    private static (string, Func<Row, object?>)[] RunColumns { get; } =
    [
        ("name", row => row.Name),
        ("model", row => row.Spec.Model.ToString()),
        ("dataset", row => row.Spec.Dataset),
        ("side", row => row.Spec.Side),
        ("truncation", row => $"{row.Spec.Truncation}"),
        ("seed", row => (double)row.Spec.Seed),
        ("status", row => row.Summary?.Status.ToString().ToLowerInvariant() ?? "running"),
        ("steps", row => row.Summary?.Steps),
        ("last_test_percent", row => 100 * row.Summary?.LastTest),
        ("last_balanced_accuracy_percent", row => 100 * row.Summary?.TestMeasures?.BalancedAccuracy),
        ("last_macro_f1_percent", row => 100 * row.Summary?.TestMeasures?.MacroF1),
        ("last_log_loss", row => row.Summary?.TestMeasures?.LogLoss),
        ("last_calibration_error_percent", row => 100 * row.Summary?.TestMeasures?.CalibrationError),
        ("best_on_validation_percent", row => 100 * row.Summary?.BestOnValidation),
        ("best_on_test_percent", row => 100 * row.Summary?.BestOnTest),
        ("wall_seconds", row => row.Summary?.WallSeconds),
        ("peak_memory_mebibytes", row => row.Summary?.PeakMemoryBytes / 1048576.0),
    ];

    /// <summary>A column holds text or numbers, by its first value; numbers are doubles, missing ones null.</summary>
    internal static DataFrame Table<TRow>(IReadOnlyList<TRow> rows, params (string Name, Func<TRow, object?> Value)[] columns) =>
        new(columns.Select(column =>
        {
            object?[] values = [.. rows.Select(column.Value)];
            return values.Any(value => value is string)
                ? (DataFrameColumn)new StringDataFrameColumn(column.Name, values.Cast<string?>())
                : new DoubleDataFrameColumn(
                    column.Name, values.Select(value => value is null ? null : (double?)Convert.ToDouble(value, CultureInfo.InvariantCulture)));
        }));

    private static double? Rounded(double? part) => part is double value ? Math.Round(100 * value, 2) : null;

    private static string Text(object? value) => value switch
    {
        null => "",
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e15 => number.ToString("0", CultureInfo.InvariantCulture),
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private sealed record Row(string Name, ExperimentSpec Spec, RunSummary? Summary);
}
