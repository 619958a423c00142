using System.Globalization;
using System.Runtime.InteropServices;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class SignalTests(ReferenceRun reference)
{
    internal const int Interrupt = 2;
    internal const int Terminate = 15;

    [Theory]
    [InlineData("SIGINT", Interrupt, 20)]
    [InlineData("SIGTERM", Terminate, 20)]
    [InlineData("SIGTERM in pretraining", Terminate, 2)]
    public void A_signal_stops_training_with_a_checkpoint_from_which_it_goes_on(string name, int signal, int lines)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals that one process can send to another.");
        Assert.SkipWhen(
            signal == Interrupt && IgnoresInterrupt(),
            "The tests were started with SIGINT ignored, as a shell does with a command in the background, and child processes inherit that.");
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

    /// <summary>Whether child processes of the tests do not see SIGINT.</summary>
    internal static bool IgnoresInterrupt()
    {
        const string status = "/proc/self/status";
        string? mask = File.Exists(status)
            ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            : null;
        return mask is not null
            && (long.Parse(mask["SigIgn:".Length..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (Interrupt - 1) & 1) == 1;
    }
}
