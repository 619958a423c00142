using System.Globalization;
using System.Net;
using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments;

/// <summary>Shows a run as it goes: in a notebook one figure that is updated, elsewhere a line for each evaluation.</summary>
public sealed class LiveTrainingView
{
    private const int MostPoints = 400; // a curve is thinned beyond: a browser draws it anew every time

    private static readonly TimeSpan BetweenUpdates = TimeSpan.FromSeconds(1);

    private readonly Trainer _trainer;
    private readonly TimeProvider _time;
    private readonly TextWriter _lines;
    private readonly IFigureBuilder? _figures;
    private readonly Action<string>? _update;
    private readonly string _model;
    private readonly Curve _supervised = new(smooth: true);
    private readonly Dictionary<string, Curve> _auxiliary = [];
    private readonly Curve _validation = new();
    private readonly Curve _test = new();
    private readonly long _start;
    private int? _first;
    private int _step;
    private long _updated;

    /// <summary>A view of a run that has not started; listens to the trainer.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="time">The clock; the system's if null.</param>
    /// <param name="lines">Where lines go outside of notebooks; the console if null.</param>
    /// <exception cref="UserException">A notebook runs it, and the charts are missing.</exception>
    public LiveTrainingView(Trainer trainer, TimeProvider? time = null, TextWriter? lines = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        (_trainer, _time, _lines) = (trainer, time ?? TimeProvider.System, lines ?? Console.Out);
        _model = trainer.Spec.Model.ToString();
        _start = _updated = _time.GetTimestamp();
        _update = NotebookHost.Show($"<p>{Encoded($"{_model}: {trainer.Schedule.TotalSteps:N0} steps")}</p>");
        _figures = _update is null ? null : Figures.Figures.Default;
        trainer.StepDone += OnStep;
        trainer.Evaluated += OnEvaluation;
    }

    /// <summary>The test accuracy (%) so far, by step.</summary>
    public Series Test => new(_model, _model, [.. _test.Steps], [.. _test.Values]);

    /// <summary>Trains and shows it; in a notebook the last figure stays.</summary>
    /// <param name="cancellation">Stops with a checkpoint; by default what stops the notebook's cell.</param>
    public RunSummary Run(CancellationToken cancellation = default)
    {
        if (!cancellation.CanBeCanceled)
        {
            cancellation = NotebookHost.Stopping?.Invoke() ?? CancellationToken.None;
        }

        try
        {
            if (LopsidedClasses.Warning(_trainer.Dataset.Train) is string lopsided)
            {
                _lines.WriteLine(SettingNames.InCode(lopsided));
            }

            RunSummary summary = _trainer.Run(cancellation);
            Update(string.Create(
                CultureInfo.InvariantCulture, $"{summary.Status.ToString().ToLowerInvariant()} after {summary.Steps:N0} steps, {Elapsed()}"));
            return summary;
        }
        catch (Exception failure)
        {
            Update($"failed after {Count(_step)} steps: {failure.Message}");
            throw;
        }
    }

    /// <summary>Puts a line of text in the figure's place.</summary>
    /// <param name="line">The text.</param>
    public void Close(string line)
    {
        if (_update is null)
        {
            _lines.WriteLine(line);
            return;
        }

        _update($"<p>{Encoded(line)}</p>");
    }

    private void OnStep(StepMetrics step)
    {
        _first ??= step.Step - 1; // a resumed run does not start at 0
        _step = step.Step;
        _supervised.Add(step.Step, step.LossSupervised);
        foreach ((string loss, double value) in step.Losses ?? new Dictionary<string, double>())
        {
            if (!_auxiliary.TryGetValue(loss, out Curve? curve))
            {
                _auxiliary[loss] = curve = new Curve(smooth: true);
            }

            curve.Add(step.Step, value);
        }

        if (_update is not null && _time.GetElapsedTime(_updated) >= BetweenUpdates)
        {
            Update(Progress());
        }
    }

    private void OnEvaluation(EvaluationMetrics evaluation)
    {
        (evaluation.Split switch
        {
            "test" => _test,
            "validation" => _validation,
            _ => null, // on training examples: left to a figure of its own
        })?.Add(evaluation.Step, 100 * evaluation.Accuracy);
        if (_update is null)
        {
            _lines.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Progress()}: {evaluation.Split} accuracy {100 * evaluation.Accuracy:0.00} %, loss {evaluation.Loss:0.0000}"));
        }
    }

    private void Update(string status)
    {
        _updated = _time.GetTimestamp();
        if (_update is null)
        {
            _lines.WriteLine($"{_model}: {status}");
            return;
        }

        Series series(Curve curve, string name) => new(name, _model, [.. curve.Steps], [.. curve.Values]);
        _update(_figures!.Training(new TrainingCurves(
            _model, series(_supervised, "supervised loss"), [.. _auxiliary.Select(loss => series(loss.Value, $"{loss.Key} loss"))],
            series(_validation, "validation accuracy"), series(_test, "test accuracy"), status)).ToHtml());
    }

    private string Progress()
    {
        int total = _trainer.Schedule.TotalSteps;
        double done = _step - (_first ?? 0);
        string left = done > 0
            ? $", {Duration(_time.GetElapsedTime(_start) / done * (total - _step))} left"
            : "";
        return $"step {Count(_step)} of {Count(total)}{left}";
    }

    private string Elapsed() => Duration(_time.GetElapsedTime(_start));

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A curve with a limited number of points.</summary>
    private sealed class Curve(bool smooth = false)
    {
        private double _average = double.NaN;
        private int _every = 1;
        private int _seen;

        public List<double> Steps { get; } = [];

        public List<double> Values { get; } = [];

        public void Add(int step, double? value)
        {
            if (value is not double number)
            {
                return;
            }

            _average = smooth && !double.IsNaN(_average) ? 0.95 * _average + 0.05 * number : number;
            if (_seen++ % _every != 0)
            {
                return;
            }

            Steps.Add(step);
            Values.Add(_average);
            if (Steps.Count > MostPoints)
            {
                // Every other point goes; from now on every other one comes.
                _every *= 2;
                for (int i = Steps.Count / 2; i > 0; i--)
                {
                    Steps.RemoveAt(2 * i - 1);
                    Values.RemoveAt(2 * i - 1);
                }
            }
        }
    }
}
