using System.Diagnostics;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>The batch script of a job array, run by a shell with stand-ins for Slurm's commands.</summary>
public sealed class SlurmArrayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_section_slurm_becomes_options_of_sbatch()
    {
        string script = Script("{ partition: gpu, time: 1-12, gpus: 2, threads: 8, at_once: 3, warning: 300, options: [--mem=8G, --account=us], setup: [module load dotnet] }");

        string[] expected =
        [
            "--job-name=tiny", "--array=0-3%3", $"--output=\"{_folder["my runs"]}/tiny-slurm/%A_%a.log\"", "--open-mode=append", "--requeue", "--signal=B:TERM@300",
            "--cpus-per-task=8", "--partition=gpu", "--time=1-12", "--gpus=2", "--mem=8G", "--account=us",
        ];
        Assert.Equal(expected, script.Split('\n').Where(line => line.StartsWith("#SBATCH ", StringComparison.Ordinal)).Select(line => line["#SBATCH ".Length..]));
        Assert.Contains("\nmodule load dotnet\n", script, StringComparison.Ordinal);
        Assert.Contains("--threads 8 --device cuda", script, StringComparison.Ordinal);
        Assert.Contains("--array=0-3\n", Script("{}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--signal=USR1@60", "--signal=B:USR1@60", "HUP INT QUIT TERM USR1 USR2\n")]
    [InlineData("--signal=B:ALRM", "--signal=B:ALRM", "HUP INT QUIT TERM USR1 USR2 ALRM\n")]
    [InlineData("--signal=RB:14@90", "--signal=B:14@90", "HUP INT QUIT TERM USR1 USR2 14\n")]
    public void A_signal_of_ones_own_reaches_the_batch_shell_too(string option, string expected, string trapped)
    {
        string script = Script($"{{ options: ['{option}'] }}");

        Assert.Equal($"#SBATCH {expected}", Assert.Single(script.Split('\n'), line => line.Contains("--signal", StringComparison.Ordinal)));
        Assert.Contains($"trap warned {trapped}", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ time: 2 }", "has a warning of 120 seconds before a time limit of 120")]
    [InlineData("{ time: 00:01:30, warning: 100 }", "has a warning of 100 seconds before a time limit of 90")]
    [InlineData("{ options: [--signal=KILL@60] }", "has the signal KILL@60, which nobody can catch")]
    public void What_gives_no_time_for_a_checkpoint_is_refused(string slurm, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<UserException>(() => Sweep(slurm)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("90", 5400)]
    [InlineData("1:30", 90)]
    [InlineData("4:00:00", 14400)]
    [InlineData("2-12", 216000)]
    [InlineData("1-00:30", 88200)]
    [InlineData("1-00:00:01", 86401)]
    [InlineData("UNLIMITED", null)]
    public void Time_limits_are_read_as_Slurm_writes_them(string time, int? seconds) => Assert.Equal(seconds, SlurmOptions.SecondsOf(time));

    [Fact]
    public void Indices_are_written_as_ranges() => Assert.Equal("0-2,4,7-8", SlurmArray.Ranges([0, 1, 2, 4, 7, 8]));

    [Theory]
    [InlineData("finished", "exit 0", "RUNNING None", 0, false)]
    [InlineData("stopped", "exit 75", "RUNNING None", 0, true)]
    [InlineData("stopped at the limit", "exit 75", "COMPLETING TimeLimit", 0, true)]
    [InlineData("cancelled, or requeued by Slurm", "exit 75", "COMPLETING None", 75, false)]
    [InlineData("failed", "exit 1", "RUNNING None", 0, true)]
    [InlineData("failed and cancelled", "exit 1", "COMPLETING None", 1, false)]
    [InlineData("failed before", "exit 1", "RUNNING None", 1, false, true)]
    [InlineData("warned", "trap 'kill $!; exit 75' TERM; sleep 100 & kill -USR1 $PPID; wait", "RUNNING None", 0, true)]
    [InlineData("warned twice", "trap : TERM; kill -USR1 $PPID; kill -TERM $PPID; sleep 0.3; exit 75", "RUNNING None", 0, true)]
    [InlineData("warned before it could listen", "kill -USR1 $PPID; exec sleep 100", "RUNNING None", 0, true, true)]
    public void An_element_is_put_back_where_its_run_is_to_go_on(string what, string training, string state, int code, bool requeued, bool failedBefore = false)
    {
        if (failedBefore)
        {
            _folder.Write("my runs/tiny-slurm/5_2.failed", "");
        }

        (int exit, string[] calls) = Run("{}", training, state);

        Assert.True(exit == code, $"{what}: {exit}");
        Assert.Equal(requeued ? ["requeue 5_2"] : [], calls.Where(call => call.StartsWith("requeue", StringComparison.Ordinal)));
        string point = Path.GetFileName(Sweep("{}").Points[2].Folder);
        Assert.EndsWith($" --only {point}", Assert.Single(calls, call => call.StartsWith("train", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_element_that_is_warned_before_it_trains_is_put_back() =>
        Assert.Equal(["requeue 5_2"], Run("{ setup: ['kill -USR1 $$'] }", "exit 0", "RUNNING None").Calls);

    [Fact]
    public void An_element_at_its_time_limit_is_put_back_before_its_training_has_ended()
    {
        string training = $$"""
            trap '' TERM
            kill -TERM $PPID
            for i in {1..100}; do grep -q requeue '{{_folder["calls"]}}' && break; sleep 0.1; done
            echo ended >>'{{_folder["calls"]}}'
            """;

        (int exit, string[] calls) = Run("{}", training, "COMPLETING TimeLimit");

        Assert.Equal(0, exit);
        Assert.Equal(["requeue 5_2", "ended"], calls[1..]);
    }

    [Fact]
    public void An_element_waits_for_a_controller_that_is_away()
    {
        _folder.Write("away", "1\n2\n3\n");

        (int exit, string[] calls) = Run("{}", "exit 75", "RUNNING None");

        Assert.Equal(0, exit);
        Assert.Equal("requeue 5_2", calls[^1]);
        Assert.Equal("", File.ReadAllText(_folder["away"]));
    }

    /// <summary>Runs the third element.</summary>
    private (int Exit, string[] Calls) Run(string slurm, string training, string state)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A shell runs this as on Linux.");
        string calls = _folder["calls"];
        Program("auxloss", $"echo \"train $*\" >>'{calls}'\n{training}\n");
        Program("scontrol", $"echo \"$*\" >>'{calls}'\n");
        Program("squeue", $$"""
            if [[ -s '{{_folder["away"]}}' ]]; then sed -i 1d '{{_folder["away"]}}'; exit 1; fi
            [[ $* == *'-o %r' ]] && echo '{{state.Split(' ')[1]}}' || echo '{{state}}'

            """);
        Directory.CreateDirectory(_folder["my runs/tiny-slurm"]);
        string script = Script(slurm).Replace("sleep 5 ", "sleep 0 ", StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash", [_folder.Write("tiny.sbatch", script)]);
        (start.Environment["SLURM_ARRAY_JOB_ID"], start.Environment["SLURM_ARRAY_TASK_ID"]) = ("5", "2");
        start.Environment["PATH"] = $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = new ChildProcess(start);
        CommandResult result = process.Wait();
        return (result.ExitCode, File.Exists(calls) ? File.ReadAllLines(calls) : []);
    }

    private void Program(string name, string text)
    {
        string path = _folder.Write($"bin/{name}", "#!/usr/bin/env bash\n" + text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private string Script(string slurm)
    {
        Sweep sweep = Sweep(slurm);
        return SlurmArray.Script(sweep, sweep.Points, [_folder["bin/auxloss"]], []);
    }

    private Sweep Sweep(string slurm) => SweepFile.Read(_folder.Write("tiny.yaml", $$"""
        base: { dataset: stroke-digits, model: lstm, steps: 10 }
        axes: [ hidden: [8, 16] ]
        seeds: [1, 2]
        runs: my runs
        slurm: {{slurm}}
        """));
}
