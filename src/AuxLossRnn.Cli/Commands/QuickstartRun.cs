using System.Globalization;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Cli.Commands;

/// <summary>One of the runs that go side by side.</summary>
internal sealed class QuickstartRun : IDisposable
{
    private readonly List<(int, double)> _curve = [];
    private volatile int _step;
    private double _accuracy = double.NaN;

    public QuickstartRun(string name, char mark, ExperimentSpec spec, DatasetSplits data)
    {
        (Name, Mark) = (name, mark);
        Trainer = new Trainer(spec, data);
        Trainer.StepDone += step => _step = step.Step;
        Trainer.Evaluated += evaluation =>
        {
            if (evaluation.Split == SplitNames.Test)
            {
                _curve.Add((evaluation.Step, evaluation.Accuracy));
                Volatile.Write(ref _accuracy, evaluation.Accuracy);
                Evaluated?.Invoke(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Name,-6}  step {evaluation.Step,6:N0}  test accuracy {100 * evaluation.Accuracy,5:0.0} %"));
            }
        };
    }

    public string Name { get; }

    public char Mark { get; }

    public Trainer Trainer { get; }

    public Action<string>? Evaluated { get; set; }

    public RunSummary? Summary { get; private set; }

    public int Step => _step;

    public IReadOnlyList<(int Step, double Accuracy)> Curve => _curve;

    public void Train(CancellationToken cancellation) => Summary = Trainer.Run(cancellation);

    public string Describe()
    {
        double accuracy = Volatile.Read(ref _accuracy);
        string result = double.IsNaN(accuracy) ? "" : string.Create(CultureInfo.InvariantCulture, $" {100 * accuracy:0.0} %");
        string phase = _step < Trainer.Schedule.PretrainingSteps ? " pretraining" : "";
        return $"{Name,-6}{phase}{result}";
    }

    public void Dispose() => Trainer.Dispose();
}
