using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Specs;
using Spectre.Console;

namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>A sweep's tables on a terminal of 80 columns.</summary>
public sealed class SweepDisplayTests : IDisposable
{
    private const int Width = 80;

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _shown = new() { NewLine = "\n" };
    private readonly IAnsiConsole _console;
    private readonly Sweep _sweep;

    public SweepDisplayTests()
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_shown) });
        _console.Profile.Width = Width;
        _sweep = new Sweep(
            "study", new ExperimentSpec { Segment = 40 },
            [
                SweepAxis.Over("dataset", "mnist", "cifar10"), SweepAxis.Over("batch", 64), SweepAxis.Over("truncation", "none", "full"),
                new SweepAxis("network", [Network("lstm", "1e-3"), Network("lstm, rate 8e-3 [x]", "8e-3")]),
            ],
            [1], _folder.Path);
    }

    public void Dispose()
    {
        _shown.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Runs_fit_with_their_labels_and_failures_stand_below()
    {
        const string failure = "The supervised loss is NaN at step 2, so training stopped. Try a smaller --learning-rate.";
        SweepStatus[] statuses =
        [
            .. _sweep.Points.Select(point => point.Index switch
            {
                0 => new SweepStatus(point, SweepState.Finished, 6872, 6872, 60, null),
                1 => new SweepStatus(point, SweepState.Failed, 1, 6872, 60, failure),
                2 => new SweepStatus(point, SweepState.Interrupted, 2600, 6872, null, null),
                3 => new SweepStatus(point, SweepState.Running, 2600, 6872, null, null),
                _ => new SweepStatus(point, SweepState.Waiting, 0, null, null, null),
            }),
        ];

        SweepDisplay.Write(_console, _sweep, statuses);

        string[] lines = Lines();
        Assert.StartsWith("│ 0 │ dataset mnist, truncation none, network   │ finished    │ 6,872 of 6,872 │", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("│   │ lstm, seed 1 ", lines[4], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains("│ waiting     │", StringComparison.Ordinal));
        Assert.Equal("1: The supervised loss is NaN at step 2, so training stopped. Try a smaller ", lines[^3]);
        Assert.Equal("1 finished, 1 failed, 1 interrupted, 1 running, 4 waiting of 8 runs", lines[^1]);
    }

    [Fact]
    public void Rows_fit_with_no_word_broken()
    {
        var results = SweepResults.Collect(_sweep);

        SweepDisplay.Write(_console, results);

        string[] lines = Lines();
        Assert.DoesNotContain(lines, line => line.Contains('…', StringComparison.Ordinal));
        Assert.Equal(["dataset", "truncation", "network", "n", "accuracy", "s.d.", "95 % interval"], lines[1].Trim('│').Split('│').Select(name => name.Trim()));
        Assert.StartsWith("│ mnist   │ none       │ lstm, rate 8e-3 │ 0 │", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("│         │            │ [x]             │   │", lines[5], StringComparison.Ordinal);
        Assert.Equal("Pairs of rows that differ in one axis, with two seeds or more: 0, of which 0 ", lines[^2]);
    }

    [Theory]
    [InlineData(null, "1 running of 1 run")]
    [InlineData(0, "1 running of 1 run")]
    [InlineData(90_061, "1 running of 1 run; about 25:01:01 left")]
    public void The_time_left_is_said_where_it_is_known(int? seconds, string expected) => Assert.Equal(
        expected,
        SweepDisplay.Counts([new SweepStatus(_sweep.Points[0], SweepState.Running, 0, null, null, null)], seconds is int left ? TimeSpan.FromSeconds(left) : null));

    private string[] Lines()
    {
        string[] lines = _shown.ToString().TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 1, Width));
        return lines;
    }

    private static SweepValue Network(string label, string rate) => new(label, new Dictionary<string, string> { ["model"] = "lstm", ["learning_rate"] = rate });
}
