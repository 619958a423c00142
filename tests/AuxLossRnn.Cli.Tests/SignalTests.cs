using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class SignalTests(ReferenceRun reference)
{
    internal const int HangUp = 1;
    internal const int Interrupt = 2;
    internal const int Quit = 3;
    internal const int Terminate = 15;

    internal static int User1 => OperatingSystem.IsLinux() ? 10 : 30;

    private static int User2 => OperatingSystem.IsLinux() ? 12 : 31;

    public static TheoryData<string, int, int> Signals => new()
    {
        { "SIGHUP", HangUp, 20 },
        { "SIGINT", Interrupt, 20 },
        { "SIGQUIT", Quit, 20 },
        { "SIGTERM", Terminate, 20 },
        { "SIGTERM in pretraining", Terminate, 2 },
        { "SIGUSR1", User1, 20 },
        { "SIGUSR2", User2, 20 },
    };

    [Theory]
    [MemberData(nameof(Signals))]
    public void A_signal_stops_training_with_a_checkpoint_from_which_it_goes_on(string name, int signal, int lines)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals that one process can send to another.");
        Assert.SkipWhen(
            Ignores(signal), $"The tests were started with {name} ignored, as a shell does with a command in the background, and child processes inherit that.");
        using var folder = new TemporaryFolder();
        var run = new RunFiles(folder["run"]);

        using (ChildProcess process = AuxLoss.Start(folder.Path, TinyRun.Train(run.Folder)))
        {
            Assert.True(process.WaitForLines(run.MetricsPath, lines), $"It ended before it could be sent {name}.");
            Assert.True(ChildProcesses.Send(process.Id, signal) == 0, $"{name} could not be sent: {Marshal.GetLastPInvokeErrorMessage()}");
            CommandResult stopped = process.Wait().ShouldExitWith(130);
            Assert.Contains($"Interrupted. Go on with: auxloss train --out {run.Folder} --resume", stopped.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", stopped.Error, StringComparison.Ordinal);
        }

        int done = (int)run.Read("summary.json")["steps"]!;
        Assert.InRange(done, 1, TinyRun.Steps - 1);
        Assert.Equal("interrupted", (string?)run.Read("summary.json")["status"]);
        Assert.True(File.Exists(run.LastWeightsPath));

        // As the message says: with no other option.
        CommandResult resumed = AuxLoss.RunIn(folder.Path, "train", "--out", run.Folder, "--resume", "--threads", "1").ShouldExitWith(0);
        Assert.Contains($"resumed after {done}", resumed.Output, StringComparison.Ordinal);
        run.ShouldEqual(reference.Files);
    }

    [Theory]
    [InlineData("SIGHUP", HangUp)]
    [InlineData("SIGINT", Interrupt)]
    [InlineData("SIGQUIT", Quit)]
    [InlineData("SIGTERM", Terminate)]
    [InlineData("SIGUSR1", 0)]
    public void A_signal_stops_a_notebook_and_what_its_cells_showed_is_kept(string name, int number)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals that one process can send to another.");
        int signal = number == 0 ? User1 : number;
        Assert.SkipWhen(Ignores(signal), $"The tests were started with {name} ignored.");
        using var folder = new TemporaryFolder();
        folder.Write("n.ipynb", """
            {"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {}, "outputs": [],
              "source": "Console.WriteLine(\"shown\"); System.IO.File.WriteAllText(\"begun\", \"\\n\"); while (true) { }"}],
             "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            """);

        using ChildProcess process = AuxLoss.Start(folder.Path, "notebook", "run", "n.ipynb", "--out", "out.ipynb");
        Assert.True(process.WaitForLines(folder["begun"], 1), $"It ended before it could be sent {name}.");
        Assert.Equal(0, ChildProcesses.Send(process.Id, signal));

        Assert.Contains("was interrupted", process.Wait().ShouldExitWith(130).Error, StringComparison.Ordinal);
        Assert.Contains("\"shown\\n\"", File.ReadAllText(folder["out.ipynb"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_that_comes_twice_stops_training_with_a_checkpoint_all_the_same()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals that one process can send to another.");
        using var folder = new TemporaryFolder();
        var run = new RunFiles(folder["run"]);
        using ChildProcess process = AuxLoss.Start(folder.Path, TinyRun.Train(run.Folder, ("epochs", "1000")));

        Assert.True(process.WaitForLines(run.MetricsPath, 20), "It ended before it could be sent a signal.");
        foreach (int signal in new[] { Terminate, Terminate, User1, HangUp })
        {
            _ = ChildProcesses.Send(process.Id, signal); // to one that has ended meanwhile it is not sent
        }

        process.Wait().ShouldExitWith(130);
        Assert.Equal("interrupted", (string?)run.Read("summary.json")["status"]);
    }

    [Fact]
    public void A_terminal_that_is_closed_stops_training_with_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFiles(folder["run"]);

        CloseTheTerminal(folder, run, "exec", "1000", "");

        Poll.Until(() => File.Exists(Path.Combine(run.Folder, "summary.json")), "the training has ended");
        Assert.Equal("interrupted", (string?)run.Read("summary.json")["status"]);
        Assert.True(File.Exists(run.LastWeightsPath));
    }

    [Fact]
    public void A_terminal_that_is_closed_leaves_a_training_alone_that_nobody_tells_to_stop()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFiles(folder["run"]);

        CloseTheTerminal(folder, run, "trap : HUP;", "60", $"; echo $? >'{folder["code"]}'");

        Poll.Until(() => File.Exists(folder["code"]) && File.ReadAllText(folder["code"]).EndsWith('\n'), "the training has ended");
        Assert.Equal("0\n", File.ReadAllText(folder["code"]));
        Assert.Equal("finished", (string?)run.Read("summary.json")["status"]);
    }

    /// <summary>Trains in a terminal, which is closed on the way.</summary>
    private static void CloseTheTerminal(TemporaryFolder folder, RunFiles run, string before, string epochs, string after)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The program that makes a terminal here is Linux's.");
        Assert.SkipWhen(Ignores(HangUp), "The tests were started with SIGHUP ignored.");
        string train = string.Join(' ', TinyRun.Train(run.Folder, ("epochs", epochs)));
        using var terminal = new ChildProcess(new ProcessStartInfo(
            "script", ["--quiet", "--command", $"{before} '{ChildProcess.Beside("auxloss")}' {train} {after}", "/dev/null"])
        { WorkingDirectory = folder.Path });
        Assert.True(terminal.WaitForLines(run.MetricsPath, 20), "It ended before its terminal could be closed.");
        terminal.Kill();
    }

    /// <summary>Whether child processes of the tests do not see a signal.</summary>
    internal static bool Ignores(int signal)
    {
        const string status = "/proc/self/status";
        string? mask = File.Exists(status)
            ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            : null;
        return mask is not null
            && (long.Parse(mask["SigIgn:".Length..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) == 1;
    }
}
