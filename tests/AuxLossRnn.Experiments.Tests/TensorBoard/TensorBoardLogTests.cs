using AuxLossRnn.Data;
using AuxLossRnn.Experiments.TensorBoard;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments.Tests.TensorBoard;

[Collection(OneAtATime.Name)]
public sealed class TensorBoardLogTests : IDisposable
{
    private static readonly ExperimentSpec Spec = TinyRun.Spec with { Model = ModelName.RpLstm };

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Every_number_of_the_metrics_is_in_the_event_file_and_the_run_is_the_same()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        RunFolder plain = Train(Spec, "plain", board: false);
        RunFolder folder = Train(Spec, "logged", board: true);
        IReadOnlyList<EventRecord> events = EventRecords.Read(Assert.Single(EventFiles(folder)));

        Assert.Equal(TinyRun.Metrics(plain), TinyRun.Metrics(folder));
        Assert.Equal(File.ReadAllBytes(plain.BestWeightsPath), File.ReadAllBytes(folder.BestWeightsPath));
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.All(events, one => Assert.InRange(one.WallTime, before.ToUnixTimeMilliseconds() / 1000.0, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0));
        var points = Points(events);
        foreach (StepMetrics step in folder.Steps())
        {
            Assert.Equal((float?)step.LossSupervised, points.TryGetValue(("loss/supervised", step.Step), out float loss) ? loss : null);
            Assert.Equal((float)step.Losses!["reconstruction"], points[("loss/reconstruction", step.Step)]);
            Assert.Equal((float)step.Losses!["prediction"], points[("loss/prediction", step.Step)]);
            Assert.Equal((float)step.LearningRate, points[("learning_rate", step.Step)]);
            Assert.Equal((float)step.GradientNorm, points[("gradient_norm", step.Step)]);
        }

        Assert.All(folder.Evaluations(), evaluation =>
        {
            Assert.Equal((float)evaluation.Accuracy, points[($"accuracy/{evaluation.Split}", evaluation.Step)]);
            Assert.Equal((float)evaluation.Loss, points[($"cross_entropy/{evaluation.Split}", evaluation.Step)]);
        });
        Assert.Equal((float)folder.ReadSummary()!.TestMeasures!.MacroF1, points[("macro_f1/test", 12)]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_evaluation_has_a_picture_of_a_segment_beside_its_reconstruction(bool images)
    {
        DatasetSplits data = images ? TinyRun.Data : OwnSequences.FromArrays(
            Enumerable.Range(0, 40).Select(i => Enumerable.Range(0, 16).Select(t => new[] { Math.Sin(t + i), i }).ToArray()).ToArray(),
            Enumerable.Range(0, 40).Select(i => i % 2).ToArray()).Split();
        ExperimentSpec spec = images ? Spec : Spec with { Dataset = "waves", Side = null };
        RunFolder folder = Train(spec, "run", board: true, data);
        EventRecord[] pictures = [.. EventRecords.Read(EventFiles(folder).Single()).Where(one => one.Values.Any(value => value.Picture is not null))];

        Assert.Equal(folder.Evaluations().Select(evaluation => (long)evaluation.Step).Distinct(), pictures.Select(one => one.Step));
        EventValue picture = Assert.Single(pictures[^1].Values);
        Assert.Equal("reconstruction", picture.Tag);
        DecodedImage decoded = ImageFile.Decode(picture.Picture!, picture.Tag);
        Assert.Equal((2 * 256 + 8, 256), (picture.Width, picture.Height));
        Assert.Equal((picture.Width, picture.Height), (decoded.Width, decoded.Height));
    }

    [Fact]
    public void A_model_that_does_not_reconstruct_has_no_picture()
    {
        RunFolder folder = Train(TinyRun.Spec with { Model = ModelName.Lstm }, "run", board: true);

        Assert.DoesNotContain(EventRecords.Read(EventFiles(folder).Single()), one => one.Values.Any(value => value.Picture is not null));
    }

    [Fact]
    public void A_resumed_run_tells_from_which_step_on_what_was_written_before_no_longer_counts()
    {
        RunFolder whole = Train(Spec, "whole", board: true);
        RunFolder folder = Train(Spec, "run", board: true, stopAfter: 7);
        folder = Train(Spec, "run", board: true);
        string[] files = EventFiles(folder);
        Assert.Equal(2, files.Length);

        // As TensorBoard reads them: a file that starts at a step takes the place of what was said of it and later ones.
        var points = new Dictionary<(string, long), float>();
        foreach (string file in files)
        {
            IReadOnlyList<EventRecord> events = EventRecords.Read(file);
            EventRecord start = Assert.Single(events, one => one.SessionStatus == 1);
            Assert.Equal(file == files[0] ? 1 : 8, start.Step);
            points = points.Where(one => one.Key.Item2 < start.Step).ToDictionary();
            foreach (var one in Points(events))
            {
                points[one.Key] = one.Value;
            }
        }

        Assert.Equal(Points(EventRecords.Read(EventFiles(whole).Single())).OrderBy(one => one.Key), points.OrderBy(one => one.Key));
    }

    [Fact]
    public void While_a_run_writes_others_may_read_and_what_is_read_is_whole()
    {
        RunFolder folder = RunFolder.Open(_temporary["run"], Spec, resume: false);
        using var trainer = new Trainer(Spec, TinyRun.Data, folder);
        using var log = new TensorBoardLog(trainer, folder.Path);
        var read = new List<long>();
        trainer.StepDone += _ => read.Add(EventRecords.Read(EventFiles(folder).Single())[^1].Step);
        trainer.Run();

        Assert.Equal(Enumerable.Range(1, 12).Select(step => (long)step), read);
    }

    /// <summary>The check value of the checksum's own description.</summary>
    [Fact]
    public void The_parsers_checksum_is_the_published_one() => Assert.Equal(
        unchecked((0xe3069283u >> 15 | 0xe3069283u << 17) + 0xa282ead8u), EventRecords.Masked("123456789"u8));

    private RunFolder Train(ExperimentSpec spec, string name, bool board, DatasetSplits? data = null, int? stopAfter = null)
    {
        RunFolder folder = RunFolder.Open(_temporary[name], spec, resume: true);
        using var trainer = new Trainer(spec, data ?? TinyRun.Data, folder);
        using TensorBoardLog? log = board ? new TensorBoardLog(trainer, folder.Path) : null;
        using var stop = new CancellationTokenSource();
        trainer.StepDone += step =>
        {
            if (step.Step == stopAfter)
            {
                stop.Cancel();
            }
        };
        trainer.Run(stop.Token);
        return folder;
    }

    private static string[] EventFiles(RunFolder folder) => [.. Directory.GetFiles(folder.Path, "events.out.tfevents.*").Order(StringComparer.Ordinal)];

    private static Dictionary<(string Tag, long Step), float> Points(IEnumerable<EventRecord> events) => events
        .SelectMany(one => one.Values.Where(value => value.Number is not null).Select(value => ((value.Tag, one.Step), value.Number!.Value)))
        .ToDictionary(one => one.Item1, one => one.Value);
}
