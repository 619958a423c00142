using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class StepProfileTests
{
    [Fact]
    public void Time_counts_for_the_innermost_part_and_the_first_steps_are_left_out()
    {
        var clock = new Clock();
        var profile = new StepProfile(clock);
        foreach (double factor in new[] { 100.0, 100, 100, 1, 3, 2, 10 })
        {
            using IDisposable step = profile.Step(CPU);
            Assert.Same(profile, StepProfile.Current);
            clock.Pass(1 * factor);
            using (profile.Measure(StepPart.Decoder))
            {
                clock.Pass(2 * factor);
                using (profile.Measure(StepPart.Heads))
                {
                    clock.Pass(3 * factor);
                }

                clock.Pass(4 * factor);
            }

            using (profile.Measure(StepPart.Heads))
            {
                clock.Pass(5 * factor);
            }
        }

        // The steps' factors are 1, 3, 2 and 10: median 2.5, sum 16.
        StepProfileReport report = profile.Report();
        Assert.Null(StepProfile.Current);
        Assert.Equal((4, 3), (report.Steps, report.WarmUpSteps));
        Assert.Equal(15 * 2.5, report.MedianMilliseconds!.Value, 1e-3);
        Assert.Equal(Enum.GetValues<StepPart>(), report.Parts.Select(part => part.Part));
        Dictionary<StepPart, double> expected = new()
        {
            [StepPart.Rest] = 1,
            [StepPart.Decoder] = 6,
            [StepPart.Heads] = 8,
        };
        Assert.All(report.Parts, part =>
        {
            Assert.Equal(expected.GetValueOrDefault(part.Part) * 2.5, part.MedianMilliseconds, 1e-3);
            Assert.Equal(expected.GetValueOrDefault(part.Part) / 15, part.Share, 1e-6);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Without_a_step_after_the_warm_up_there_is_no_median(int steps)
    {
        var profile = new StepProfile(new Clock());
        for (int i = 0; i < steps; i++)
        {
            profile.Step(CPU).Dispose();
        }

        Assert.Equal((0, null), (profile.Report().Steps, profile.Report().MedianMilliseconds));
        Assert.Empty(profile.Report().Parts);
    }

    [Theory]
    [InlineData("lstm", false, 1)]
    [InlineData("r-lstm", true, 1)]
    [InlineData("r-lstm", true, 0)]
    [InlineData("p-lstm", true, 1)]
    [InlineData("p-lstm", true, 0)]
    [InlineData("rp-lstm", true, 1)]
    [InlineData("gru", false, 1)]
    [InlineData("irnn", false, 1)]
    [InlineData("urnn", false, 1)]
    [InlineData("transformer", false, 1)]
    public void Every_part_of_every_model_is_measured_and_no_number_changes(ModelName model, bool auxiliary, double epochs)
    {
        // Without joint epochs the auxiliary networks are all there is.
        ExperimentSpec spec = TinyRun.Of(model) with { Epochs = epochs };
        List<string> expected = Train(spec, null);
        var profile = new StepProfile();
        List<string> found = Train(spec, profile);
        StepProfileReport report = profile.Report();

        Assert.Equal(expected, found);
        Assert.Equal(expected.Count - StepProfile.WarmUpSteps, report.Steps);
        Assert.All(report.Parts, part => Assert.Equal(part.Part != StepPart.Decoder || auxiliary, part.Share > 0));
        Assert.Equal(1, report.Parts.Sum(part => part.Share), 1e-6);
        Assert.Null(StepProfile.Current);
    }

    private static List<string> Train(ExperimentSpec spec, StepProfile? profile)
    {
        using var trainer = new Trainer(spec, TinyRun.Data)
        {
            Profile = profile,
        };
        var steps = new List<string>();
        trainer.StepDone += step => steps.Add(JsonSerializer.Serialize(step with { Milliseconds = 0, MillisecondsData = 0 }, KitJson.Line));
        trainer.Run();
        return steps;
    }

    /// <summary>A clock that goes on when it is told to.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _microseconds;

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => _microseconds;

        public void Pass(double milliseconds) => _microseconds += (long)(1000 * milliseconds);
    }
}
