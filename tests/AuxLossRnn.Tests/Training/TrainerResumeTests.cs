using System.Text.Json;
using AuxLossRnn.Data;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Training;

/// <summary>A run that was interrupted and resumed ends with the bytes of one that was not.</summary>
[Collection(OneAtATime.Name)]
public sealed class TrainerResumeTests : IDisposable
{
    private const int Steps = 12;

    private readonly TemporaryFolder _temporary = new();

    public static TheoryData<ModelName, OptimiserKind> Kinds { get; } = new(
        from model in LossesByName.All from optimiser in Enum.GetValues<OptimiserKind>() select (model, optimiser));

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Category", "Slow")]
    public void Interrupted_after_every_step_it_ends_with_the_same_bytes(ModelName model, OptimiserKind optimiser)
    {
        ExperimentSpec spec = Spec(model) with { Optimiser = optimiser, WeightDecay = 0.01, Regularisation = Regularisation.Dropout };
        RunFolder folder = Finish(spec, "interrupted", _ => true);

        AssertEqual(Finish(spec, "whole"), folder);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("rp-lstm")]
    [Trait("Category", "Slow")]
    public void Interrupted_after_any_one_step_it_ends_with_the_same_bytes(ModelName model)
    {
        ExperimentSpec spec = Spec(model);
        RunFolder whole = Finish(spec, "whole");
        for (int last = 1; last <= Steps; last++)
        {
            bool stopped = false;
            AssertEqual(whole, Finish(spec, $"interrupted{last}", step => step == last && !stopped && (stopped = true)));
            Assert.True(stopped);
        }
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("rp-lstm")]
    [InlineData("urnn")] // its first state has a gradient in batches with a short text alone
    [Trait("Category", "Slow")]
    public void Texts_of_differing_lengths_go_on_where_they_were(ModelName model)
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => string.Concat(Enumerable.Range(0, 1 + i * 7 % 16).Select(t => "abcd"[(t + i) % 4])))];
        DatasetSplits data = OwnSequences.FromTokens(texts, Enumerable.Range(0, 40).Select(i => i % 3).ToArray(), lengthsDiffer: true).Split();
        ExperimentSpec spec = Spec(model) with
        {
            Dataset = "texts",
            Side = null,
            ValidationFraction = 0,
            Encoding = InputEncoding.Embedding,
            EncodingSize = 3,
        };

        AssertEqual(Finish(spec, "whole", data: data), Finish(spec, "interrupted", _ => true, data: data));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Interrupted_before_or_between_the_two_parts_of_an_evaluation_it_evaluates_again(bool between)
    {
        ExperimentSpec spec = Spec(ModelName.RLstm);
        RunFolder whole = Finish(spec, "whole");
        int evaluations = 0;
        var stop = new CancellationTokenSource();
        var data = TinyRun.Data with
        {
            // Reading the validation set asks to stop: the test set is not read any more.
            Validation = new WatchedDataset(TinyRun.Data.Validation, () =>
            {
                if (between && ++evaluations == 2)
                {
                    stop.Cancel();
                }
            }),
        };
        RunFolder folder = RunFolder.Open(_temporary["interrupted"], spec, resume: false);
        RunSummary first;
        using (var trainer = new Trainer(spec, data, folder))
        {
            trainer.StepDone += step =>
            {
                if (!between && step.Step == 10)
                {
                    stop.Cancel();
                }
            };
            first = trainer.Run(stop.Token);
        }

        Assert.Equal((RunStatus.Interrupted, 10), (first.Status, first.Steps));
        Assert.DoesNotContain("\"step\":10,\"epoch\":1,\"phase\":\"joint\",\"split\"", TinyRun.Metrics(folder));
        AssertEqual(whole, Finish(spec, "interrupted", resume: true));
    }

    [Fact]
    public void Interrupted_at_an_evaluations_result_it_ends_with_the_same_bytes()
    {
        ExperimentSpec spec = Spec(ModelName.PLstm);
        RunFolder folder = RunFolder.Open(_temporary["interrupted"], spec, resume: false);
        using (var trainer = new Trainer(spec, TinyRun.Data, folder))
        {
            var stop = new CancellationTokenSource();
            trainer.Evaluated += _ => stop.Cancel();
            Assert.Equal(8, trainer.Run(stop.Token).Steps);
        }

        AssertEqual(Finish(spec, "whole"), Finish(spec, "interrupted", resume: true));
    }

    [Fact]
    public void Killed_between_two_checkpoints_it_ends_with_the_same_bytes()
    {
        ExperimentSpec spec = Spec(ModelName.RLstm) with { CheckpointEvery = 4, EvaluateEvery = 100 };
        RunFolder folder = RunFolder.Open(_temporary["killed"], spec, resume: false);
        using (var trainer = new Trainer(spec, TinyRun.Data, folder))
        {
            trainer.StepDone += step => _ = step.Step == 7 ? throw new InvalidOperationException("killed") : 0;
            Assert.Throws<InvalidOperationException>(() => trainer.Run());
        }

        // The lines of steps 5 to 7 are there already; they are written again.
        Assert.Contains("\"step\":7,", File.ReadAllText(folder.MetricsPath));
        AssertEqual(Finish(spec, "whole"), Finish(spec, "killed", resume: true));
    }

    [Fact]
    public void A_run_cancelled_before_it_starts_can_be_resumed()
    {
        ExperimentSpec spec = Spec(ModelName.RLstm);
        RunFolder folder = RunFolder.Open(_temporary["interrupted"], spec, resume: false);
        using (var trainer = new Trainer(spec, TinyRun.Data, folder))
        {
            RunSummary summary = trainer.Run(new CancellationToken(canceled: true));
            Assert.Equal((RunStatus.Interrupted, 0), (summary.Status, summary.Steps));
        }

        AssertEqual(Finish(spec, "whole"), Finish(spec, "interrupted", resume: true));
    }

    [Fact]
    public void A_folder_opened_to_resume_goes_on_without_being_told()
    {
        ExperimentSpec spec = Spec(ModelName.RLstm);
        RunFolder folder = Finish(spec with { Steps = 8 }, "told");
        using (var trainer = new Trainer(spec, TinyRun.Data, RunFolder.Open(folder.Path, spec, resume: true)))
        {
            trainer.Run();
        }

        AssertEqual(Finish(spec, "whole"), folder);
    }

    [Fact]
    public void Two_do_not_train_in_one_folder()
    {
        ExperimentSpec spec = Spec(ModelName.Lstm);
        RunFolder folder = RunFolder.Open(_temporary["run"], spec, resume: false);
        using (var trainer = new Trainer(spec, TinyRun.Data, folder))
        {
            using (folder.Claim())
            {
                Assert.Contains("Another process trains in", Assert.Throws<AuxLossRnn.Runtime.UserException>(() => trainer.Run()).Message);
            }

            Assert.Equal(RunStatus.Finished, trainer.Run().Status);
        }

        Assert.Empty(Directory.GetFiles(folder.Path, "*.lock"));
    }

    [Fact]
    public void More_steps_lengthen_a_finished_run_as_if_it_had_had_them_from_the_start()
    {
        ExperimentSpec longer = Spec(ModelName.RpLstm);
        RunFolder folder = Finish(longer with { Steps = 8 }, "longer");
        Assert.Equal(8, folder.ReadSummary()!.Steps);
        folder = Finish(longer, "longer", resume: true);

        AssertEqual(Finish(longer, "whole"), folder);
        Assert.Equal(Steps, RunFolder.Read(folder.Path).Spec.Steps);
    }

    [Fact]
    public void A_run_along_a_cosine_is_not_lengthened_because_its_rates_depend_on_the_last_step()
    {
        ExperimentSpec longer = Spec(ModelName.Lstm) with { LearningRateSchedule = LearningRateSchedule.Cosine };
        Finish(longer with { Steps = 8 }, "cosine");

        Assert.Contains(
            $"‹Steps› is 8 there and {Steps} here",
            Assert.Throws<AuxLossRnn.Runtime.UserException>(() => RunFolder.Open(_temporary["cosine"], longer, resume: true)).Template);
    }

    [Fact]
    public void Resuming_a_finished_run_changes_nothing()
    {
        ExperimentSpec spec = Spec(ModelName.RLstm);
        RunFolder folder = Finish(spec, "run");
        (byte[] weights, string metrics) = (TensorBytes(folder.LastWeightsPath), File.ReadAllText(folder.MetricsPath));
        RunSummary before = folder.ReadSummary()!;
        Finish(spec, "run", resume: true);

        Assert.Equal(metrics, File.ReadAllText(folder.MetricsPath));
        Assert.Equal(weights, TensorBytes(folder.LastWeightsPath));
        Assert.Equal(Lasting(before), Lasting(folder.ReadSummary()!));
        Assert.True(folder.ReadSummary()!.WallSeconds >= before.WallSeconds);
    }

    private static ExperimentSpec Spec(ModelName model) => TinyRun.Of(model) with
    {
        Steps = Steps,
        Epochs = 3,
        Anchors = 2,
        AnchorSchedule = AuxLossRnn.AuxiliaryLosses.AnchorSchedule.EveryExample,
    };

    /// <summary>Runs to the end, each time that it stops with a new trainer that resumes.</summary>
    private RunFolder Finish(ExperimentSpec spec, string name, Func<int, bool>? stopAfter = null, bool resume = false, DatasetSplits? data = null)
    {
        for (int attempt = 0; attempt <= Steps; attempt++, resume = true)
        {
            RunFolder folder = RunFolder.Open(_temporary[name], spec, resume);
            using var trainer = new Trainer(spec, data ?? TinyRun.Data, folder);
            if (resume)
            {
                trainer.Resume();
            }

            using var stop = new CancellationTokenSource();
            trainer.StepDone += step =>
            {
                if (stopAfter?.Invoke(step.Step) == true)
                {
                    stop.Cancel();
                }
            };
            if (trainer.Run(stop.Token).Status == RunStatus.Finished)
            {
                return folder;
            }
        }

        throw new InvalidOperationException("The run stopped more often than it has steps.");
    }

    /// <summary>All that lasts is the same in two folders.</summary>
    internal static void AssertEqual(RunFolder expected, RunFolder found)
    {
        Assert.Equal(TinyRun.Metrics(expected), TinyRun.Metrics(found));
        Assert.Equal(TensorBytes(expected.LastWeightsPath), TensorBytes(found.LastWeightsPath));
        Assert.Equal(File.ReadAllBytes(expected.BestWeightsPath), File.ReadAllBytes(found.BestWeightsPath));
        Assert.Equal(Lasting(expected.ReadSummary()!), Lasting(found.ReadSummary()!));
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(found.LastWeightsPath)!).Length);
    }

    /// <summary>Without what differs between equal runs.</summary>
    private static string Lasting(RunSummary summary)
    {
        RunSummary lasting = summary with
        {
            WallSeconds = 0,
            PeakMemoryBytes = 0,
            DataShare = null,
        };
        return JsonSerializer.Serialize(lasting, KitJson.Line);
    }

    /// <summary>All but the header, which names the training file.</summary>
    private static byte[] TensorBytes(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        return file[(8 + BitConverter.ToInt32(file))..];
    }
}
