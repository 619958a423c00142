using System.Diagnostics;
using System.Globalization;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using Spectre.Console;

namespace AuxLossRnn.Cli;

/// <summary>Shows a run as it goes: a bar on a terminal, plain lines elsewhere.</summary>
public sealed class TrainingDisplay
{
    private const int PlainLinesEverySeconds = 30;

    private readonly Trainer _trainer;
    private readonly int _first;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private ProgressTask? _bar;
    private double _supervised = double.NaN;
    private double _auxiliary = double.NaN;
    private string _accuracy = "";
    private double _nextLine = PlainLinesEverySeconds;

    private TrainingDisplay(Trainer trainer, int done)
    {
        (_trainer, _first) = (trainer, done);
        trainer.StepDone += OnStep;
        trainer.Evaluated += OnEvaluation;
    }

    /// <summary>Trains, showing what happens.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="done">The steps done before.</param>
    /// <param name="cancellation">Stops with a checkpoint.</param>
    public static RunSummary Run(Trainer trainer, int done, CancellationToken cancellation)
    {
        var display = new TrainingDisplay(trainer, done);
        TrainingSchedule schedule = trainer.Schedule;
        Say($"{schedule.TotalSteps:N0} steps "
            + $"({schedule.PretrainingSteps:N0} of pretraining), {schedule.StepsPerEpoch:N0} an epoch"
            + (done > 0 ? $", resumed after {done:N0}" : ""));
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            return trainer.Run(cancellation);
        }

        return AnsiConsole.Progress().AutoRefresh(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .Start(progress =>
            {
                display._bar = progress.AddTask("training", maxValue: Math.Max(1, schedule.TotalSteps));
                display._bar.Value = done;
                return trainer.Run(cancellation);
            });
    }

    private static void Say(string line) => AnsiConsole.WriteLine(line);

    private void OnStep(StepMetrics step)
    {
        _supervised = Smooth(_supervised, step.LossSupervised);
        _auxiliary = Smooth(_auxiliary, step.LossAuxiliary);
        if (_bar is not null)
        {
            _bar.Description = Markup.Escape(Describe(step));
            _bar.Value = step.Step;
        }
        else if (_watch.Elapsed.TotalSeconds >= _nextLine)
        {
            _nextLine = _watch.Elapsed.TotalSeconds + PlainLinesEverySeconds;
            Say($"step {step.Step}/{_trainer.Schedule.TotalSteps} {Describe(step)}");
        }
    }

    private void OnEvaluation(EvaluationMetrics evaluation)
    {
        string accuracy = Percent(evaluation.Accuracy);
        _accuracy = evaluation.Split == "test" ? $" test {accuracy}" : _accuracy;
        string line = $"step {evaluation.Step,6:N0}  {evaluation.Split,-10}  accuracy {accuracy,7}  loss {Number(evaluation.Loss)}";
        Say(line);
    }

    private string Describe(StepMetrics step)
    {
        double seconds = _watch.Elapsed.TotalSeconds;
        double rate = (step.Step - _first) / seconds;
        var left = TimeSpan.FromSeconds((_trainer.Schedule.TotalSteps - step.Step) / rate);
        string losses = (step.LossSupervised is null ? "" : $" loss {Number(_supervised)}")
            + (step.LossAuxiliary is null ? "" : $" auxiliary {Number(_auxiliary)}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(step.Phase == TrainingPhase.Pretraining ? "pretraining" : "training")}{losses}{_accuracy} {rate:0.0} steps/s {Left(left)} left");
    }

    private static string Left(TimeSpan left) => left.TotalHours >= 1
        ? $"{(int)left.TotalHours}:{left.Minutes:00}:{left.Seconds:00}"
        : $"{left.Minutes}:{left.Seconds:00}";

    private static double Smooth(double average, double? value) => value is not double number
        ? average
        : double.IsNaN(average) ? number : 0.95 * average + 0.05 * number;

    private static string Percent(double part) => (100 * part).ToString("0.00", CultureInfo.InvariantCulture) + " %";

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
