using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments.Tests;

/// <summary>The console is one for the process.</summary>
[Collection(OneAtATime.Name)]
public sealed class ClaimTests
{
    [Fact]
    public void A_claim_that_holds_is_printed() =>
        Assert.Equal($"holds: one is less than two{Environment.NewLine}", Printed(() => Claim.Check(1 < 2, "one is less than two")));

    [Fact]
    public void One_that_does_not_hold_stops_the_notebook_and_prints_nothing()
    {
        string printed = Printed(() =>
        {
            var failure = Assert.Throws<InvalidOperationException>(() => Claim.Check(2 < 1, "two is less than one"));
            Assert.Equal("does not hold: two is less than one", failure.Message);
        });

        Assert.Empty(printed);
    }

    [Fact]
    public void A_run_that_was_not_tested_is_named()
    {
        MeasuredResult tested = Run(0.5), untested = Run(null);
        Assert.Equal($"holds: a was trained and tested{Environment.NewLine}", Printed(() => Claim.Trained([new("a", tested)])));

        var failure = Assert.Throws<InvalidOperationException>(() => Printed(() => Claim.Trained([new("a", tested), new("b", untested)])));
        Assert.Equal("does not hold: b was trained and tested", failure.Message);
    }

    private static MeasuredResult Run(double? lastTest) => new(
        new ExperimentSpec(), new RunSummary(RunStatus.Finished, 12, 100, lastTest, null, null, null, null, null, 1, 1, null),
        RunEnvironment.Capture(1, TorchSharp.torch.CPU, TimeProvider.System), []);

    internal static string Printed(Action action)
    {
        TextWriter console = Console.Out;
        using var lines = new StringWriter();
        Console.SetOut(lines);
        try
        {
            action();
        }
        finally
        {
            Console.SetOut(console);
        }

        return lines.ToString();
    }
}
