using System.Text.Json.Nodes;

namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>One run of a sweep as a process of its own, as job arrays start it.</summary>
[Trait("Category", "Slow")]
public sealed class SweepElementTests(ReferenceSweep reference)
{
    private const int GoesOn = 75;

    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("SIGUSR1", 10)]
    public void A_signal_ends_it_with_a_checkpoint_and_a_code_that_asks_for_another_round(string name, int signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals have the numbers of Linux here.");
        using var sweep = new TinySweep(whole: false);
        using (ChildProcess process = Start(sweep, "0"))
        {
            Assert.True(process.WaitForLines(sweep.Points[0].MetricsPath, 100), $"It ended before it could be sent {name}.");
            ChildProcesses.Tell(process.Id, signal);
            process.Wait().ShouldExitWith(GoesOn);
        }

        Assert.Equal("interrupted", (string?)sweep.Points[0].Read("summary.json")["status"]);
        CommandResult rest = Run(sweep, Path.GetFileName(sweep.Points[0].Folder)).ShouldExitWith(0);
        Assert.Matches("resumed after [1-9]", rest.Output);
        sweep.ShouldEqual(reference);
        Assert.Equal("truncation none, seed 1 is finished.\n", Run(sweep, "0").ShouldExitWith(0).Output);
    }

    [Fact]
    public void A_second_process_leaves_the_run_to_the_first_and_says_which_that_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes stand still by a signal of Linux here.");
        using var sweep = new TinySweep(whole: false);
        using ChildProcess first = Start(sweep, "0");
        Assert.True(first.WaitForLines(sweep.Points[0].MetricsPath, 100), "It ended before there could be a second one.");
        ChildProcesses.Tell(first.Id, ChildProcesses.Stop);

        CommandResult second = Run(sweep, "0").ShouldExitWith(GoesOn);

        Assert.Contains($"is being trained in {sweep.Points[0].Folder} by process {first.Id} on {Environment.MachineName}.", second.Output, StringComparison.Ordinal);
        ChildProcesses.Tell(first.Id, ChildProcesses.Continue);
        first.Wait().ShouldExitWith(0);
        sweep.ShouldEqual(reference);
    }

    [Fact]
    public void A_process_whose_run_another_one_has_taken_over_ends_without_another_word_in_its_folder()
    {
        using var sweep = new TinySweep(whole: false, epochs: 100_000);
        using ChildProcess process = Start(sweep, "0");
        Assert.True(process.WaitForLines(sweep.Points[0].MetricsPath, 100), "It ended before its run could be taken.");

        // As another machine does when this one has stood still for a minute.
        string claim = Path.Combine(sweep.Points[0].Folder, "claim.json");
        JsonObject other = sweep.Points[0].Read("claim.json");
        (other["token"], other["holder"], other["machine"]) = ("another", "process 12 on elsewhere", "elsewhere");
        string theirs = other.ToJsonString();
        File.WriteAllText(claim + ".new", theirs);
        File.Move(claim + ".new", claim, overwrite: true);

        Assert.Equal($"Another process has taken over {sweep.Points[0].Folder}, because this one stood still.\n", process.Wait().ShouldExitWith(GoesOn).Error);
        Assert.Equal(theirs, File.ReadAllText(claim));
        Assert.False(File.Exists(Path.Combine(sweep.Points[0].Folder, "summary.json")));
    }

    [Theory]
    [InlineData("6", "--only is 6, but tiny has the points 0 to 5.")]
    [InlineData("mnist-lstm-seed1-0123456789ab", "has no such run")]
    public void A_point_that_is_not_there_is_refused(string only, string sentence)
    {
        using var sweep = new TinySweep();
        Assert.Contains(sentence, Run(sweep, only).ShouldExitWith(2).Error, StringComparison.Ordinal);
    }

    private static ChildProcess Start(TinySweep sweep, string only) => AuxLoss.Start(sweep.Folder, "sweep", "run", sweep.File, "--only", only);

    private static CommandResult Run(TinySweep sweep, string only) => sweep.Do("run", "--only", only);
}
