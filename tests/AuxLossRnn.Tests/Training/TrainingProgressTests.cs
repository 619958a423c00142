using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Training;

/// <summary>The three accuracies that are reported apart.</summary>
public sealed class TrainingProgressTests
{
    [Fact]
    public void Last_best_on_validation_and_best_on_test_are_kept_apart()
    {
        TrainingProgress progress = After((10, 0.5, 0.6), (20, 0.8, 0.7), (30, 0.7, 0.9), (40, 0.6, 0.4));

        Assert.Equal((0.6, 0.4), (progress.LastValidation, progress.LastTest));
        Assert.Equal((0.8, 0.7, 20), (progress.BestValidation, progress.BestOnValidation, progress.BestOnValidationStep));
        Assert.Equal((0.9, 30), (progress.BestOnTest, progress.BestOnTestStep));
    }

    [Fact]
    public void The_earlier_of_equal_evaluations_is_the_best()
    {
        TrainingProgress progress = After((10, 0.5, 0.6), (20, 0.5, 0.6));

        Assert.Equal((10, 10), (progress.BestOnValidationStep, progress.BestOnTestStep));
    }

    [Fact]
    public void Without_a_validation_set_nothing_is_best_on_validation()
    {
        TrainingProgress progress = After((10, double.NaN, 0.6), (20, double.NaN, 0.5));

        Assert.Null(progress.LastValidation);
        Assert.Null(progress.BestValidation);
        Assert.Null(progress.BestOnValidation);
        Assert.Null(progress.BestOnValidationStep);
        Assert.Equal((0.5, 0.6, 10), (progress.LastTest, progress.BestOnTest, progress.BestOnTestStep));
    }

    [Fact]
    public void Without_a_test_set_nothing_is_known_of_it()
    {
        TrainingProgress progress = After((10, 0.4, double.NaN), (20, 0.5, double.NaN));

        Assert.Equal((0.5, 0.5, 20), (progress.LastValidation, progress.BestValidation, progress.BestOnValidationStep));
        Assert.Equal((null, null, null, null), (progress.LastTest, progress.BestOnValidation, progress.BestOnTest, progress.BestOnTestStep));
    }

    [Fact]
    public void Accuracies_of_zero_are_accuracies()
    {
        TrainingProgress progress = After((10, 0, 0));

        Assert.Equal((0.0, 0.0, 10, 10), (progress.BestOnValidation, progress.BestOnTest, progress.BestOnValidationStep, progress.BestOnTestStep));
    }

    [Fact]
    public void An_evaluation_is_no_longer_due_afterwards() =>
        Assert.False(new TrainingProgress { Step = 3, EvaluationDue = true }.Evaluated(0.5, 0.5).EvaluationDue);

    private static TrainingProgress After(params (int Step, double Validation, double Test)[] evaluations) => evaluations.Aggregate(
        new TrainingProgress(), (progress, next) => (progress with { Step = next.Step }).Evaluated(next.Validation, next.Test));
}
