using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class ClassMeasuresTests
{
    // Eight sequences of "calm", two of "storm"; one more is of an unknown class.
    private static readonly int[] Labels = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, -1];

    private static readonly float[][] Probabilities =
    [
        [0.95f, 0.05f, 0], [0.95f, 0.05f, 0], [0.95f, 0.05f, 0], [0.95f, 0.05f, 0], [0.65f, 0.35f, 0], [0.65f, 0.35f, 0], [0.4f, 0.6f, 0], [1, 0, 0],
        [0.25f, 0.75f, 0], [1, 0, 0], [0, 0, 1],
    ];

    [Fact]
    public void They_are_those_that_are_computed_by_hand()
    {
        ClassMeasures measures = ClassMeasures.Of(["calm", "storm", "hail"], Probabilities, Labels)!;

        Assert.Equal([[7, 1, 0], [1, 1, 0], [0, 0, 0]], measures.Confusion);
        Assert.Equal(0.8, measures.Accuracy, 1e-12);
        Assert.Equal((7 / 8.0 + 1 / 2.0) / 2, measures.BalancedAccuracy, 1e-12); // of the two classes that occur
        Assert.Equal((7 / 8.0 + 1 / 2.0) / 2, measures.MacroF1, 1e-12);
        Assert.Equal(new ClassScore("calm", 8, 7 / 8.0, 7 / 8.0, 7 / 8.0), measures.Classes[0]);
        Assert.Equal(new ClassScore("storm", 2, 0.5, 0.5, 0.5), measures.Classes[1]);
        Assert.Equal(new ClassScore("hail", 0, null, null, null), measures.Classes[2]);
        double surprise = -(4 * Math.Log(0.95f) + 2 * Math.Log(0.65f) + Math.Log(0.4f) + Math.Log(0.75f) + Math.Log(1e-38)) / 10;
        Assert.Equal(surprise, measures.LogLoss, 1e-9);
        Assert.Equal([(0.6, 3), (0.7, 1), (0.9, 6)], measures.Calibration.Select(bin => (bin.From, bin.Count)));
        Assert.Equal(2 / 3.0, measures.Calibration[0].Accuracy, 1e-12);
        Assert.Equal(1.9 / 3, measures.Calibration[0].Confidence, 1e-6);
        Assert.Equal((Math.Abs(2 - 1.9) + Math.Abs(1 - 0.75) + Math.Abs(5 - 5.8)) / 10, measures.CalibrationError, 1e-6);
    }

    [Fact]
    public void A_class_that_was_predicted_and_does_not_occur_counts_for_the_macro_f1_and_not_for_the_balanced_accuracy()
    {
        ClassMeasures measures = ClassMeasures.Of(["a", "b"], [[1, 0], [0, 1]], [0, 0])!;

        Assert.Equal(0.5, measures.BalancedAccuracy, 1e-12);
        Assert.Equal(2 / 3.0 / 2, measures.MacroF1, 1e-12);
        Assert.Equal(new ClassScore("b", 0, 0, null, 0), measures.Classes[1]);
    }

    [Fact]
    public void Without_known_classes_there_are_none() => Assert.Null(ClassMeasures.Of(["a", "b"], [[1, 0]], [-1]));

    [Fact]
    public void In_a_file_each_list_has_a_line()
    {
        ClassMeasures measures = ClassMeasures.Of(["calm", "storm", "hail"], Probabilities, Labels)!;
        string json = JsonSerializer.Serialize(measures, KitJson.Indented);

        Assert.Equal(10, json.Split('\n').Length);
        Assert.Contains("\"confusion\": [[7,1,0],[1,1,0],[0,0,0]]", json, StringComparison.Ordinal);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<ClassMeasures>(json, KitJson.Indented), KitJson.Indented));
    }

    [Fact]
    public void A_runs_summary_holds_those_of_the_last_test_also_after_an_interruption()
    {
        using var temporary = new TemporaryFolder();
        using (var first = new Trainer(TinyRun.Spec, TinyRun.Data, RunFolder.Open(temporary["run"], TinyRun.Spec, resume: false)))
        {
            using var stop = new CancellationTokenSource();
            first.StepDone += step => Stop(step.Step == 11, stop);
            first.Run(stop.Token);
        }

        RunFolder folder = RunFolder.Open(temporary["run"], TinyRun.Spec, resume: true);
        using var trainer = new Trainer(TinyRun.Spec, TinyRun.Data, folder);
        RunSummary summary = trainer.Run();
        (double accuracy, double loss, ClassMeasures? measured) = Evaluator.Measure(trainer.Model, TinyRun.Data.Test, CPU);

        Assert.Equal(summary.LastTest, accuracy);
        Assert.Equal(accuracy, measured!.Accuracy, 1e-12);
        Assert.Equal(loss, measured.LogLoss, 1e-5);
        Assert.Equal(TinyRun.Data.Test.Count, measured.Classes.Sum(one => one.Count));
        Assert.Equal(Text(measured), Text(folder.ReadSummary()!.TestMeasures!));
        using var again = new Trainer(TinyRun.Spec, TinyRun.Data, RunFolder.Open(temporary["run"], TinyRun.Spec, resume: true));
        Assert.Equal(Text(measured), Text(again.Run().TestMeasures!)); // no step is left: it comes from the checkpoint
    }

    private static void Stop(bool now, CancellationTokenSource stop)
    {
        if (now)
        {
            stop.Cancel();
        }
    }

    [Fact]
    public void With_balanced_classes_the_supervised_loss_is_the_mean_weighted_by_the_rarity_of_each_class()
    {
        int[] first = [.. Enumerable.Range(0, TinyRun.Data.Train.Count).OrderBy(TinyRun.Data.Train.Label).Take(12)]; // classes of unequal size
        SequenceDataset train = TinyRun.Data.Train.Subset(first);
        ExperimentSpec spec = TinyRun.Spec with { Model = ModelName.Lstm, BalancedClasses = true, Batch = 12, Steps = 1, DropRate = 0 };
        var losses = new List<double>();
        using var trainer = new Trainer(spec, TinyRun.Data with { Train = train });
        double[] each = [.. Enumerable.Range(0, 12).Select(i => Evaluator.Run(trainer.Model, train.Subset([i]), CPU).Loss)];
        double[] weights = [.. Enumerable.Range(0, 12).Select(i => 1.0 / Enumerable.Range(0, 12).Count(other => train.Label(other) == train.Label(i)))];
        trainer.StepDone += step => losses.Add(step.LossSupervised!.Value);
        trainer.Run();

        double weighted = each.Zip(weights, (loss, weight) => loss * weight).Sum() / weights.Sum();
        Assert.True(weights.Distinct().Count() > 1 && Math.Abs(weighted - each.Average()) > 1e-4, "the classes are of one size, or of one loss");
        Assert.Equal(weighted, losses.Single(), 1e-5);
    }

    private static string Text(ClassMeasures measures) => JsonSerializer.Serialize(measures, KitJson.Line);
}
