using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>A real Slurm of two nodes on this machine, started for the tests of a class.</summary>
public sealed partial class SlurmCluster : IDisposable
{
    private const int CannotBeHad = 75;

    private static readonly string Script = Path.Combine(Checkout.Folder, "tests", "slurm.sh");

    // A short path: sockets have names of at most 107 characters.
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<CommandResult> _start;

    public SlurmCluster() => _start = new(Launch);

    private (string Name, string Value) Configuration => ("SLURM_CONF", _folder["slurm.conf"]);

    public void Dispose()
    {
        if (_start.IsValueCreated)
        {
            Wait(new ProcessStartInfo(Script, ["stop", _folder.Path]));
        }

        _folder.Dispose();
    }

    /// <summary>Starts what is not running. The test is skipped where Slurm cannot be had.</summary>
    internal void Start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Slurm is for Linux.");
        CommandResult first = _start.Value;
        CommandResult result = first.ExitCode == 0 ? Launch() : first;
        Assert.SkipWhen(result.ExitCode == CannotBeHad, $"There is no Slurm: {result.Error.Trim()}.");
        result.ShouldExitWith(0);
    }

    /// <summary>Submits what of a sweep is not finished.</summary>
    /// <returns>What was said.</returns>
    internal string Submit(TinySweep sweep) =>
        AuxLoss.RunIn(sweep.Folder, Configuration, "sweep", "run", sweep.File, "--slurm").ShouldExitWith(0).Output;

    /// <summary>The number of the job that was submitted.</summary>
    internal static string JobOf(string said) => Job().Match(said) is { Success: true } match ? match.Groups["id"].Value : throw new InvalidOperationException(said);

    /// <summary>Runs one of Slurm's commands.</summary>
    internal string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment[Configuration.Name] = Configuration.Value;
        return Wait(start).ShouldExitWith(0).Output;
    }

    /// <summary>What Slurm says of an element, such as its <c>JobState</c>.</summary>
    internal string Of(string element, string field) => Regex.Match(Run("scontrol", "--oneliner", "show", "job", element), $" {field}=([^ ]*)").Groups[1].Value;

    /// <summary>Waits for an element's state.</summary>
    internal void WaitFor(TinySweep sweep, string element, string state) =>
        Poll.Until(() => Of(element, "JobState") == state, $"{element} is {state}", () => Run("scontrol", "show", "job", element) + Log(sweep, element));

    /// <summary>Waits until an element has said something.</summary>
    internal static void WaitForLog(TinySweep sweep, string element, string said) =>
        Poll.Until(() => Log(sweep, element).Contains(said, StringComparison.Ordinal), $"{element} says '{said}'", () => Log(sweep, element));

    /// <summary>Waits until an element trains, and is past some steps that it has not done in an attempt before.</summary>
    /// <returns>The process that trains.</returns>
    internal int WaitForTraining(TinySweep sweep, string element, int steps = 100)
    {
        RunFiles run = sweep.Points[int.Parse(element.Split('_')[1], CultureInfo.InvariantCulture)];
        int process = 0;
        Poll.Until(
            () => run.LastStep() >= steps && (process = run.Claimant()) > 0,
            $"{element} trains past step {steps}",
            () => Run("squeue") + Log(sweep, element));
        return process;
    }

    /// <summary>What an element has written.</summary>
    internal static string Log(TinySweep sweep, string element)
    {
        string path = Path.Combine(sweep.Runs, "tiny-slurm", $"{element}.log");
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    /// <summary>Ends one of Slurm's daemons as a failing machine does.</summary>
    internal void Kill(string daemon)
    {
        int process = int.Parse(File.ReadAllText(_folder[$"run/{daemon}.pid"]), CultureInfo.InvariantCulture);
        ChildProcesses.Tell(process, ChildProcesses.Kill);
        Poll.Until(() => ChildProcesses.HasEnded(process), $"{daemon} has ended");
    }

    /// <summary>Kills the controller once it has saved that an element runs: else, as it is, it starts the element a second time and takes its node for broken.</summary>
    internal void KillController(string element)
    {
        DateTime before = DateTime.UtcNow;
        Run("scontrol", "update", $"JobId={element}", "Comment=saved");
        Poll.Until(() => File.GetLastWriteTimeUtc(_folder["state/job_state"]) > before, "the controller saves its state");
        Kill("slurmctld");
    }

    private static CommandResult Wait(ProcessStartInfo start)
    {
        using var process = new ChildProcess(start);
        return process.Wait();
    }

    private CommandResult Launch() => Wait(new ProcessStartInfo(Script, ["start", _folder.Path]));

    [GeneratedRegex("as job (?<id>[0-9]+);")]
    private static partial Regex Job();
}
