using System.Diagnostics;
using System.Globalization;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class MeasureTests
{
    [Fact]
    public void Each_model_and_length_is_a_line_of_the_file()
    {
        using var folder = new TemporaryFolder();

        AuxLoss.Run(
            "measure", "--batch", "2", "--sides", "25,30", "--models", "lstm-full", "r-lstm-20x30", "--steps", "1",
            "--out", folder["costs.csv"]).ShouldExitWith(0);

        string[][] lines = Costs(folder["costs.csv"]);
        Assert.Equal(
            ["lstm-full,625,2", "lstm-full,900,2", "r-lstm-20x30,625,2", "r-lstm-20x30,900,2"],
            lines.Select(line => string.Join(',', line[..3])));
        Assert.All(lines, line =>
        {
            Assert.True(double.Parse(line[3]) > 0);
            Assert.True(double.Parse(line[4]) > 0);
            Assert.Equal("measured", line[5]);
        });
    }

    [Fact]
    public void A_model_over_the_memory_cap_is_stopped_and_its_longer_sequences_are_left_out()
    {
        using var folder = new TemporaryFolder();

        AuxLoss.Run(
            "measure", "--batch", "32", "--sides", "56", "40", "--models", "lstm-full", "--steps", "1", "--memory-cap", "16",
            "--out", folder["costs.csv"]).ShouldExitWith(0);

        Assert.Equal(
            ["lstm-full,1600,32,,,over the memory cap", "lstm-full,3136,32,,,left out: over the memory cap before"],
            Costs(folder["costs.csv"]).Select(line => string.Join(',', line)));
    }

    [Theory]
    [InlineData("--models", "lsmt", "r-lstm-20x30")]
    [InlineData("--sides", "24", "25 to 1024")]
    [InlineData("--sides", "50000", "25 to 1024")]
    [InlineData("--sides", "40|48", "--sides has '40|48', but must be whole numbers such as 40, 48")]
    [InlineData("--batch", "0", "above 0")]
    [InlineData("--steps", "0", "1 to 1000")]
    [InlineData("--steps", "2147483647", "--steps is 2147483647, but must be 1 to 1000")]
    [InlineData("--threads", "-3", "-3 threads cannot be used")]
    [InlineData("--threads", "100000", "100000 threads cannot be used")]
    [InlineData("--sides", ",", "--sides names nothing to measure")]
    [InlineData("--models", ",", "--models names nothing to measure")]
    public void What_cannot_be_measured_is_refused_first(string option, string value, string expected)
    {
        using var folder = new TemporaryFolder();
        CommandResult result = AuxLoss.Run("measure", option, value, "--out", folder["costs.csv"]);

        result.ShouldExitWith(2);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["costs.csv"]));
    }

    [Theory]
    [InlineData("no/such/costs.csv", "there is no folder")]
    [InlineData(".", "it is a folder")]
    public void What_cannot_be_written_is_refused_before_anything_is_measured(string output, string expected) =>
        RefusalTests.Refused(AuxLoss.Run("measure", "--out", output), "cannot be written", expected);

    [Fact]
    public void A_side_or_a_model_that_is_named_twice_is_measured_once()
    {
        CommandResult result = AuxLoss.Run(
            "measure", "--batch", "2", "--sides", "25", "25,25", "--models", "lstm-full,lstm-full", "--steps", "1").ShouldExitWith(0);

        Assert.Matches("^lstm-full +625 steps +[0-9.]+ s +[0-9]+ MiB$", Assert.Single(result.OutputLines).TrimEnd());
    }

    [Fact]
    public void The_other_models_and_segment_checkpointing_can_be_measured_too()
    {
        using var folder = new TemporaryFolder();
        string[] models = ["gru", "irnn", "urnn", "lstm-full-checkpointed"];

        AuxLoss.Run(
            ["measure", "--batch", "2", "--sides", "25", "--steps", "1", "--out", folder["costs.csv"], "--models", .. models]).ShouldExitWith(0);

        Assert.Equal(models.Select(model => (model, "measured")), Costs(folder["costs.csv"]).Select(line => (line[0], line[5])));
        Assert.Equal(
            ["gru", "irnn", "urnn", "lstm"], Experiments.StepCost.Series(Experiments.StepCost.Read(folder["costs.csv"])).Select(series => series.Model));
    }

    [Fact]
    public void The_help_shows_lists_as_they_are_typed()
    {
        string help = AuxLoss.Run("measure", "--help").ShouldExitWith(0).Output;

        Assert.Contains("By default 40, 48, 56, 72, 80, 96, 112, 128.", help, StringComparison.Ordinal);
        Assert.Contains("by default lstm-full, r-lstm, p-lstm, r-lstm-20x30, transformer.", help, StringComparison.Ordinal);
        Assert.Contains("gru, irnn, urnn, lstm-full-checkpointed", help, StringComparison.Ordinal);
        Assert.DoesNotContain("|", help, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_for_which_there_is_no_memory_is_a_result_and_no_failure()
    {
        CommandResult result = AuxLoss.Run(
            "measure", "--batch", "100000000", "--sides", "25", "--models", "lstm-full", "--steps", "1", "--memory-cap", "4096").ShouldExitWith(0);

        Assert.Matches("^lstm-full +625 steps +(out of memory|over the memory cap)$", Assert.Single(result.OutputLines).TrimEnd());
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void A_process_without_memory_says_so_and_one_that_goes_wrong_says_what()
    {
        Assert.Equal("out of memory", AuxLoss.RunUnderParent("measure", "step", "lstm-full", "1024", "1000000", "1", "1").ShouldExitWith(0).OutputLines[^1]);
        Assert.Contains(
            "no preset 'figure3/40/bogus'", AuxLoss.RunUnderParent("measure", "step", "bogus", "25", "2", "1", "1").ShouldExitWith(2).Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_ends_on_its_way_is_a_failure_and_no_measurement()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Child processes are found as Linux lists them.");
        using var folder = new TemporaryFolder();
        using ChildProcess measure = AuxLoss.Start(
            folder.Path, "measure", "--batch", "32", "--sides", "64", "128", "--models", "r-lstm", "--steps", "1000", "--out", folder["costs.csv"]);

        using Process child = ChildProcesses.First(measure.Id);
        Assert.Equal(0, ChildProcesses.Send(child.Id, ChildProcesses.Alarm));
        CommandResult result = measure.Wait().ShouldExitWith(1);

        Assert.Contains("r-lstm of 4096 steps failed: The process ended with exit code ", result.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["r-lstm,4096,32,,,failed", "r-lstm,16384,32,,,left out: failed before"], Costs(folder["costs.csv"]).Select(line => string.Join(',', line)));
    }

    [Fact]
    public void A_measurement_that_is_killed_leaves_no_process_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Child processes are found as Linux lists them.");
        using var folder = new TemporaryFolder();
        using ChildProcess measure = AuxLoss.Start(
            folder.Path, "measure", "--batch", "32", "--sides", "128", "--models", "r-lstm", "--steps", "1000");
        using Process child = ChildProcesses.First(measure.Id);

        measure.Kill();

        Assert.True(child.WaitForExit(TimeSpan.FromSeconds(30)), $"Process {child.Id} still measures.");
    }

    [Fact]
    public void A_reconstructing_lstm_of_16384_steps_needs_neither_two_gibibytes_nor_seventeen_times_the_time_of_1024()
    {
        using var folder = new TemporaryFolder();

        AuxLoss.Run(
            "measure", "--models", "r-lstm", "--sides", "32", "128", "--batch", "128", "--steps", "1", "--memory-cap", "2048",
            "--out", folder["costs.csv"]).ShouldExitWith(0);

        string[][] lines = Costs(folder["costs.csv"]);
        Assert.Equal(["r-lstm,1024,128,measured", "r-lstm,16384,128,measured"], lines.Select(line => $"{line[0]},{line[1]},{line[2]},{line[5]}"));
        Assert.All(lines, line => Assert.InRange(Number(line[4]), 1, 2048));

        // Sixteen times the steps are read; the gradients go through as many as before.
        Assert.InRange(Number(lines[1][3]) / Number(lines[0][3]), 1, 17);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string[][] Costs(string path) =>
        [.. File.ReadLines(path).Where(line => line[0] != '#').Skip(1).Select(line => line.Split(','))];
}
