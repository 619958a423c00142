using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments.Tests;

[Collection(OneAtATime.Name)]
public sealed class MeasuredResultTests
{
    [Fact]
    public void Training_examples_spread_over_the_set_are_measured_where_that_is_asked_for()
    {
        using var temporary = new TemporaryFolder();
        ExperimentSpec spec = TinyRun.Spec with { EvaluateTrain = 10 };
        RunFolder folder = RunFolder.Open(temporary["run"], spec, resume: false);
        folder.WriteEnvironment(RunEnvironment.Capture(1, TorchSharp.torch.CPU, TimeProvider.System));
        using var trainer = new Trainer(spec, TinyRun.Data, folder);
        trainer.Run();
        MeasuredResult result = MeasuredResult.Read(folder.Path);

        Assert.Equal(result.TestCurve.Select(point => point.Step), result.TrainCurve!.Select(point => point.Step));
        SequenceDataset everyThird = TinyRun.Data.Train.Subset([.. Enumerable.Range(0, 10).Select(i => 3 * i)]);
        Assert.Equal(Evaluator.Run(trainer.Model, everyThird, TorchSharp.torch.CPU).Accuracy, result.TrainCurve![^1].Accuracy, 1e-12);
        Assert.Equal(result.TrainCurve!.Select(point => 100 * point.Accuracy), AuxLossRnn.Figures.Series.OfTrain(result).Y);
        Assert.Throws<UserException>(() => AuxLossRnn.Figures.Series.OfTrain(result with { TrainCurve = null }));
    }
}
