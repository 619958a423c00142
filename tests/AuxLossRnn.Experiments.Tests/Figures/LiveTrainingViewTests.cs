using AuxLossRnn.Figures;
using AuxLossRnn.Training;

namespace AuxLossRnn.Experiments.Tests.Figures;

/// <summary>The host is one for the process: no other test may find this one's.</summary>
[Collection(OneAtATime.Name)]
public sealed class LiveTrainingViewTests
{
    /// <summary>A clock that goes on by the same time at each reading.</summary>
    private sealed class Ticking(double seconds) : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _now += (long)(1000 * seconds);
    }

    [Fact]
    public void A_notebook_sees_one_figure_that_is_updated_with_the_time_left()
    {
        var shown = new List<string>();
        var updates = new List<string>();
        string lines = Train(new Ticking(1), html =>
        {
            shown.Add(html);
            return updates.Add;
        });
        Assert.Single(shown);
        Assert.Equal("", lines);
        Assert.Contains("r-lstm: 12 steps", shown[0], StringComparison.Ordinal);
        Assert.Equal(13, updates.Count); // each of the 12 steps, and the end
        Assert.Contains("r-lstm: step 6 of 12", updates[5], StringComparison.Ordinal);
        Assert.Matches("step 6 of 12, 0:[0-5][0-9] left", updates[5]);
        Assert.Contains("supervised loss", updates[^1], StringComparison.Ordinal);
        Assert.Contains("reconstruction loss", updates[^1], StringComparison.Ordinal);
        Assert.Contains("validation accuracy", updates[^1], StringComparison.Ordinal);
        Assert.Contains("finished after 12 steps", updates[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Within_a_second_there_is_no_second_update()
    {
        var updates = new List<string>();
        Train(new Ticking(0.0), _ => updates.Add);
        Assert.Single(updates); // the end
    }

    [Fact]
    public void Without_a_notebook_there_are_lines()
    {
        string[] lines = Train(new Ticking(1), host: null).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, lines.Length); // three evaluations of two sets, and the end
        Assert.Matches(@"^step 8 of 12, 0:\d\d left: validation accuracy \d+\.\d\d %, loss \d\.\d{4}$", lines[0].TrimEnd());
        Assert.StartsWith("r-lstm: finished after 12 steps", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_says_so()
    {
        using var lines = new StringWriter();
        using var trainer = new Trainer(TinyRun.Spec with { Model = AuxLossRnn.Specs.ModelName.RLstm }, TinyRun.Data);
        new LiveTrainingView(trainer, new Ticking(1), lines).Run(new CancellationToken(canceled: true));
        Assert.Contains("r-lstm: interrupted after 0 steps", lines.ToString(), StringComparison.Ordinal);
    }

    private static string Train(TimeProvider time, Func<string, Action<string>>? host)
    {
        NotebookHost.Display = host;
        try
        {
            using var lines = new StringWriter();
            using var trainer = new Trainer(TinyRun.Spec with { Model = AuxLossRnn.Specs.ModelName.RLstm }, TinyRun.Data);
            new LiveTrainingView(trainer, time, lines).Run();
            return lines.ToString();
        }
        finally
        {
            NotebookHost.Display = null;
        }
    }
}
