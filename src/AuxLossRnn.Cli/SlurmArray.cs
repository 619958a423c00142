using System.Globalization;
using System.Text;
using AuxLossRnn.Experiments.Sweeps;

namespace AuxLossRnn.Cli;

/// <summary>The job array that trains a sweep on a Slurm cluster, one run an element.</summary>
/// <remarks>
/// An element names its run by its folder, so that a file that is changed meanwhile does not change what a queued element trains. Slurm warns the batch shell
/// alone (<c>--signal=B:</c>), so the training is its child, and the shell passes signals on and waits. What wrote a checkpoint and ended is put back into
/// the queue, and so, once, is what failed.
/// </remarks>
public static class SlurmArray
{
    /// <summary>The exit code by which <c>auxloss sweep run --only</c> says that the run is not finished and goes on when it is started again.</summary>
    public const int GoesOn = 75; // EX_TEMPFAIL of sysexits.h

    private static readonly string[] Signals = ["HUP", "INT", "QUIT", "TERM", "USR1", "USR2"];

    /// <summary>The batch script.</summary>
    /// <param name="sweep">The sweep; it was read from a file.</param>
    /// <param name="points">The points to train, in the order of their numbers.</param>
    /// <param name="program">The program and its first arguments, <c>auxloss</c>.</param>
    /// <param name="options">Further arguments of <c>auxloss sweep run</c>, such as the data root.</param>
    public static string Script(Sweep sweep, IReadOnlyList<SweepPoint> points, IReadOnlyList<string> program, IReadOnlyList<string> options)
    {
        SlurmOptions slurm = sweep.Slurm;
        string logs = LogFolder(sweep);
        var text = new StringBuilder("#!/usr/bin/env bash\n");
        void option(string line) => text.Append(CultureInfo.InvariantCulture, $"#SBATCH {line}\n");
        option($"--job-name={sweep.Name}");
        option($"--array={Ranges([.. points.Select(point => point.Index)])}{(slurm.AtOnce is int most ? $"%{most}" : "")}");
        option($"--output=\"{logs.Replace("%", "%%", StringComparison.Ordinal)}/%A_%a.log\"");
        option("--open-mode=append");
        option("--requeue");
        option($"--signal=B:{slurm.Signal}");
        option($"--cpus-per-task={slurm.Threads}");
        if (slurm.Partition is string partition)
        {
            option($"--partition={partition}");
        }

        if (slurm.Time is string time)
        {
            option($"--time={time}");
        }

        if (slurm.Gpus > 0)
        {
            option($"--gpus={slurm.Gpus}");
        }

        foreach (string more in slurm.OtherOptions)
        {
            option(more);
        }

        string setup = string.Concat(slurm.Setup.Select(line => line + "\n"));
        string runs = string.Join("\n", points.Select(point => $"  [{point.Index}]={Quoted(Path.GetFileName(point.Folder))}"));
        string signals = string.Join(' ', Signals.Append(slurm.Signal.Split('@')[0]).Distinct());
        string command = string.Join(' ', program.Concat(
            ["sweep", "run", sweep.File!, "--threads", $"{slurm.Threads}", "--device", slurm.Gpus > 0 ? "cuda" : "cpu", .. options]).Select(Quoted));
        text.Append(CultureInfo.InvariantCulture, $$"""

            element=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
            warned='' interrupted='' training='' state='' code={{GoesOn}}
            runs=(
            {{runs}}
            )

            # Puts the element back into the queue, unless it was cancelled or Slurm has put it back itself: then it neither runs nor has met its time limit.
            again() {
              for ((try = 0; try < 100; try++)); do
                state=$(squeue -h -j "$element" -o '%T %r') && break
                sleep 5 # Slurm's controller is away
              done
              [[ $state == RUNNING* || $state == *TimeLimit ]] && scontrol requeue "$element"
            }

            # A signal is a wish for a checkpoint. At the time limit few seconds are left: perhaps too few for it.
            warned() {
              warned=1 interrupted=1
              [[ -z $training ]] || kill -TERM "$training" 2>/dev/null
              [[ $(squeue -h -j "$element" -o %r) != TimeLimit ]] || again
            }
            trap warned {{signals}}

            {{setup}}cd {{Quoted(Environment.CurrentDirectory)}} || exit 1
            if [[ -z $warned ]]; then
              {{command}} --only "${runs[SLURM_ARRAY_TASK_ID]}" &
              training=$!
              [[ -z $warned ]] || kill -TERM "$training" # it came in between
              # A signal ends the waiting too. One that comes with the end may cost bash the code: the next round then finds the run finished.
              while interrupted=''; wait "$training"; code=$?; [[ -n $interrupted ]]; do :; done
            fi
            trap '' {{signals}}

            failed={{Quoted(logs)}}/$element.failed
            if ((code == {{GoesOn}})) || [[ $code -ne 0 && -n $warned ]]; then
              again && exit 0
            elif ((code != 0)) && [[ ! -e $failed ]]; then
              touch "$failed"
              echo "failed with exit code $code, and is tried once more"
              again && exit 0
            fi
            exit "$code"

            """);
        return text.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>Where the elements' output goes.</summary>
    /// <param name="sweep">The sweep.</param>
    public static string LogFolder(Sweep sweep) => Path.Combine(sweep.Runs, $"{sweep.Name}-slurm");

    /// <summary>Indices as Slurm writes them: <c>0-3,7,9-12</c>.</summary>
    /// <param name="indices">The indices, rising.</param>
    internal static string Ranges(IReadOnlyList<int> indices)
    {
        var parts = new List<string>();
        for (int i = 0; i < indices.Count;)
        {
            int j = i;
            while (j + 1 < indices.Count && indices[j + 1] == indices[j] + 1)
            {
                j++;
            }

            parts.Add(i == j ? $"{indices[i]}" : $"{indices[i]}-{indices[j]}");
            i = j + 1;
        }

        return string.Join(',', parts);
    }

    private static string Quoted(string text) => text.All(letter => char.IsAsciiLetterOrDigit(letter) || "/._-=:,+%@".Contains(letter, StringComparison.Ordinal))
        ? text
        : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
