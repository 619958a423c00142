using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Training;

public sealed class TrainingScheduleTests
{
    private static readonly ExperimentSpec Spec = new()
    {
        Batch = 10,
        PretrainEpochs = 4,
        Epochs = 7,
        LearningRate = 0.8,
        HalvingEpochs = 3,
        EvaluateEvery = 15,
        CheckpointEvery = 7,
    };

    [Fact]
    public void Phases_follow_each_other_and_an_incomplete_batch_is_left_out()
    {
        var schedule = new TrainingSchedule(Spec, examples: 109);

        Assert.Equal((10, 40, 110), (schedule.StepsPerEpoch, schedule.PretrainingSteps, schedule.TotalSteps));
        Assert.Equal(TrainingPhase.Pretraining, schedule.PhaseAt(0));
        Assert.Equal(TrainingPhase.Pretraining, schedule.PhaseAt(39));
        Assert.Equal(TrainingPhase.Joint, schedule.PhaseAt(40));
        Assert.Equal([0, 0, 1, 10], [schedule.EpochAt(0), schedule.EpochAt(9), schedule.EpochAt(10), schedule.EpochAt(109)]);
    }

    [Fact]
    public void Pretrainings_learning_rate_falls_smoothly_to_one_half()
    {
        var schedule = new TrainingSchedule(Spec, 100);
        double[] rates = [.. Enumerable.Range(0, 40).Select(schedule.LearningRateAt)];

        Assert.Equal(0.8, rates[0]);
        Assert.All(rates.Skip(1).Zip(rates), pair => Assert.Equal(Math.Pow(0.5, 1.0 / 40), pair.First / pair.Second, 1e-12));
        Assert.Equal(0.4, rates[^1] * Math.Pow(0.5, 1.0 / 40), 1e-12);
    }

    [Fact]
    public void Joint_trainings_learning_rate_starts_whole_and_halves_every_so_many_epochs()
    {
        var schedule = new TrainingSchedule(Spec, 100);

        Assert.All(Enumerable.Range(40, 30), step => Assert.Equal(0.8, schedule.LearningRateAt(step)));
        Assert.All(Enumerable.Range(70, 30), step => Assert.Equal(0.4, schedule.LearningRateAt(step)));
        Assert.All(Enumerable.Range(100, 10), step => Assert.Equal(0.2, schedule.LearningRateAt(step)));
    }

    [Fact]
    public void A_cosine_falls_to_zero_over_the_joint_phase_as_far_as_it_goes_and_leaves_pretraining_alone()
    {
        ExperimentSpec spec = Spec with { LearningRateSchedule = LearningRateSchedule.Cosine };
        var (halving, whole, capped) = (new TrainingSchedule(Spec, 100), new TrainingSchedule(spec, 100), new TrainingSchedule(spec with { Steps = 80 }, 100));

        Assert.All(Enumerable.Range(0, 40), step => Assert.Equal(halving.LearningRateAt(step), whole.LearningRateAt(step)));
        Assert.Equal([0.8, 0.4], [whole.LearningRateAt(40), whole.LearningRateAt(75)], (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(0.8 * (1 + Math.Cos(Math.PI * 69 / 70)) / 2, whole.LearningRateAt(109), 1e-12);
        Assert.Equal(0.4, capped.LearningRateAt(60), 1e-12);
    }

    [Fact]
    public void A_learning_rate_is_a_function_of_the_step_alone()
    {
        var schedule = new TrainingSchedule(Spec, 100);
        double[] forwards = [.. Enumerable.Range(0, 110).Select(schedule.LearningRateAt)];
        double[] backwards = [.. Enumerable.Range(0, 110).Reverse().Select(schedule.LearningRateAt).Reverse()];

        Assert.Equal(forwards, backwards);
    }

    [Theory]
    [InlineData(25, 25, 25)]
    [InlineData(40, 40, 40)]
    [InlineData(55, 40, 55)]
    [InlineData(1000, 40, 110)]
    public void A_cap_ends_both_phases_without_changing_the_steps_before_it(int steps, int pretraining, int total)
    {
        var capped = new TrainingSchedule(Spec with { Steps = steps }, 100);
        var whole = new TrainingSchedule(Spec, 100);

        Assert.Equal((pretraining, total), (capped.PretrainingSteps, capped.TotalSteps));
        Assert.All(Enumerable.Range(0, total), step =>
        {
            Assert.Equal(whole.LearningRateAt(step), capped.LearningRateAt(step));
            Assert.Equal(whole.PhaseAt(step), capped.PhaseAt(step));
        });
    }

    [Fact]
    public void An_lstm_has_no_pretraining()
    {
        var schedule = new TrainingSchedule(Spec with { Model = ModelName.Lstm }, 100);

        Assert.Equal((0, 70), (schedule.PretrainingSteps, schedule.TotalSteps));
        Assert.Equal(TrainingPhase.Joint, schedule.PhaseAt(0));
        Assert.Equal(0.8, schedule.LearningRateAt(0));
    }

    [Fact]
    public void Parts_of_an_epoch_are_rounded_to_steps()
    {
        var schedule = new TrainingSchedule(Spec with { PretrainEpochs = 0.25, Epochs = 0.5 }, 1000);

        Assert.Equal((25, 75), (schedule.PretrainingSteps, schedule.TotalSteps));
    }

    [Fact]
    public void Absurdly_many_epochs_are_as_many_steps_as_can_be_counted() =>
        Assert.Equal(int.MaxValue, new TrainingSchedule(Spec with { PretrainEpochs = 1e9, Epochs = 1e9 }, 1000).TotalSteps);

    [Fact]
    public void Evaluations_come_every_so_many_joint_steps_and_at_the_end()
    {
        var schedule = new TrainingSchedule(Spec, 100);

        Assert.Equal([55, 70, 85, 100, 110], Enumerable.Range(1, 110).Where(schedule.EvaluatesAfter));
    }

    [Fact]
    public void Evaluations_come_once_an_epoch_by_default()
    {
        var schedule = new TrainingSchedule(Spec with { EvaluateEvery = null }, 100);

        Assert.Equal([50, 60, 70, 80, 90, 100, 110], Enumerable.Range(1, 110).Where(schedule.EvaluatesAfter));
    }

    [Fact]
    public void Checkpoints_come_every_so_many_steps_and_at_each_evaluation()
    {
        var schedule = new TrainingSchedule(Spec, 100);

        Assert.Equal(
            Enumerable.Range(1, 15).Select(i => 7 * i).Concat([55, 70, 85, 100, 110]).Distinct().Order(),
            Enumerable.Range(1, 110).Where(schedule.CheckpointsAfter));
    }
}
