namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>Sweeps on a real Slurm, with what Slurm and its machines do by themselves: they come to the numbers of an undisturbed one.</summary>
[Trait("Category", "Slow")]
public sealed class SlurmOutageTests(SlurmCluster slurm, ReferenceSweep reference) : IClassFixture<SlurmCluster>
{
    private const int User1 = 10;
    private const int Terminate = 15;

    [Fact]
    public void A_run_that_takes_longer_than_its_time_limit_goes_on_after_the_warning()
    {
        slurm.Start();
        // A signal of one's own choice, sent as people write it: without the B: that lets it reach the batch shell.
        using var sweep = new TinySweep("{ time: 1, options: [--signal=ALRM@59] }", whole: false);
        string element = $"{SlurmCluster.JobOf(slurm.Submit(sweep))}_0";

        // Slurm looks at limits every 30 seconds. The training is held until then.
        int process = slurm.WaitForTraining(sweep, element);
        ChildProcesses.Tell(process, ChildProcesses.Stop);
        Poll.Until(() => ChildProcesses.IsPending(process, Terminate), "the training is warned", () => SlurmCluster.Log(sweep, element));
        slurm.Run("scontrol", "update", $"JobId={element}", "TimeLimit=10"); // one round is enough
        ChildProcesses.Tell(process, ChildProcesses.Continue);

        slurm.WaitFor(sweep, element, "PENDING");
        Assert.Equal("interrupted", (string?)sweep.Points[0].Read("summary.json")["status"]);
        slurm.WaitFor(sweep, element, "COMPLETED");

        Assert.Equal("1", slurm.Of(element, "Restarts"));
        Assert.Matches("resumed after [1-9]", SlurmCluster.Log(sweep, element));
        sweep.ShouldEqual(reference);
    }

    [Fact]
    public void A_node_that_goes_away_with_a_training_that_lives_has_its_run_trained_by_no_other_until_it_is_back()
    {
        slurm.Start();
        using var sweep = new TinySweep(whole: false);
        string element = $"{SlurmCluster.JobOf(slurm.Submit(sweep))}_0";
        int process = slurm.WaitForTraining(sweep, element, steps: 500);
        ChildProcesses.Tell(process, ChildProcesses.Stop);
        string node = slurm.Of(element, "NodeList");

        slurm.Kill($"slurmd-{node}");
        slurm.Run("scontrol", "update", $"NodeName={node}", "State=DOWN", "Reason=test");
        SlurmCluster.WaitForLog(sweep, element, $"is being trained in {sweep.Points[0].Folder} by process {process} on {Environment.MachineName}, Slurm job {element}.");
        Assert.False(ChildProcesses.HasEnded(process));
        Assert.DoesNotContain("resumed after", SlurmCluster.Log(sweep, element), StringComparison.Ordinal);

        slurm.Run("scontrol", "update", $"NodeName={node}", "State=RESUME");
        slurm.Start();
        Poll.Until(() => ChildProcesses.HasEnded(process), "the node that is back ends what it no longer is to train");
        slurm.WaitFor(sweep, element, "COMPLETED");

        Assert.Matches("resumed after [1-9]", SlurmCluster.Log(sweep, element));
        sweep.ShouldEqual(reference);
    }

    [Fact]
    public void An_element_that_is_stopped_while_the_controller_is_away_goes_on_when_it_is_back()
    {
        using var sweep = new TinySweep(whole: false);
        (string element, int process) = TrainWithoutController(sweep);

        ChildProcesses.Tell(ChildProcesses.Parent(process), User1);
        Poll.Until(() => ChildProcesses.HasEnded(process), "the training has ended", () => SlurmCluster.Log(sweep, element));
        Assert.Equal("interrupted", (string?)sweep.Points[0].Read("summary.json")["status"]);
        SlurmCluster.WaitForLog(sweep, element, "Unable to contact slurm controller");

        slurm.Start();
        slurm.WaitFor(sweep, element, "COMPLETED");
        Assert.Matches("resumed after [1-9]", SlurmCluster.Log(sweep, element));
        sweep.ShouldEqual(reference);
    }

    [Fact]
    public void An_element_that_ends_while_the_controller_is_away_is_not_trained_again()
    {
        using var sweep = new TinySweep(whole: false);
        (string element, int process) = TrainWithoutController(sweep);

        Poll.Until(() => ChildProcesses.HasEnded(process), "the training has ended", () => SlurmCluster.Log(sweep, element));
        string summary = File.ReadAllText(Path.Combine(sweep.Points[0].Folder, "summary.json"));

        slurm.Start();
        slurm.WaitFor(sweep, element, "COMPLETED");
        Assert.Equal(summary, File.ReadAllText(Path.Combine(sweep.Points[0].Folder, "summary.json")));
        sweep.ShouldEqual(reference);
    }

    /// <summary>An element that trains while the controller has been killed.</summary>
    private (string Element, int Process) TrainWithoutController(TinySweep sweep)
    {
        slurm.Start();
        string element = $"{SlurmCluster.JobOf(slurm.Submit(sweep))}_0";
        int process = slurm.WaitForTraining(sweep, element);
        ChildProcesses.Tell(process, ChildProcesses.Stop);
        slurm.KillController(element);
        ChildProcesses.Tell(process, ChildProcesses.Continue);
        return (element, process);
    }
}
