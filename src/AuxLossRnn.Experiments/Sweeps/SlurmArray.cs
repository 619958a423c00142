using System.Globalization;
using System.Text;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>The job array that trains a sweep on a Slurm cluster, one run an element.</summary>
/// <remarks>
/// Slurm signals the batch shell alone (<c>--signal=B:</c>), so the training is its child and the shell passes signals on and waits. A run that wrote a
/// checkpoint and ended is put back into the queue, and so, once, is one that failed. An element that Slurm starts again after its run was finished ends at once.
/// </remarks>
public static class SlurmArray
{
    /// <summary>The exit code by which <c>auxloss sweep run --only</c> says that the run is not finished and goes on when it is started again.</summary>
    public const int GoesOn = 75; // EX_TEMPFAIL of sysexits.h

    /// <summary>The batch script.</summary>
    /// <param name="sweep">The sweep; it was read from a file.</param>
    /// <param name="indices">The points to train, as <see cref="SweepPoint.Index"/>.</param>
    /// <param name="program">The program and its first arguments, <c>auxloss</c>.</param>
    /// <param name="options">Further arguments of <c>auxloss sweep run</c>, such as the data root.</param>
    public static string Script(Sweep sweep, IReadOnlyList<int> indices, IReadOnlyList<string> program, IReadOnlyList<string> options)
    {
        SlurmOptions slurm = sweep.Slurm;
        string logs = LogFolder(sweep);
        var text = new StringBuilder("#!/usr/bin/env bash\n");
        void option(string line) => text.Append(CultureInfo.InvariantCulture, $"#SBATCH {line}\n");
        option($"--job-name={sweep.Name}");
        option($"--array={Ranges(indices)}{(slurm.AtOnce is int most ? $"%{most}" : "")}");
        option($"--output={logs}/%A_%a.log");
        option("--open-mode=append");
        option("--requeue");
        option($"--signal=B:TERM@{slurm.Warning}");
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

        foreach (string more in slurm.Options)
        {
            option(more);
        }

        foreach (string line in slurm.Setup)
        {
            text.Append(line).Append('\n');
        }

        string command = string.Join(' ', program.Concat(
            ["sweep", "run", sweep.File!, "--threads", $"{slurm.Threads}", "--device", slurm.Gpus > 0 ? "cuda" : "cpu", .. options]).Select(Quoted));
        text.Append(CultureInfo.InvariantCulture, $$"""

            element=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID

            # Signals reach this shell alone. The training takes each as a wish for a checkpoint.
            for signal in HUP INT QUIT TERM USR1 USR2; do
              trap '[[ -n $training ]] && kill -TERM "$training"' "$signal"
            done
            {{command}} --only "$SLURM_ARRAY_TASK_ID" &
            training=$!
            while wait "$training"; code=$?; kill -0 "$training" 2>/dev/null; do :; done

            # A cancelled element is not put back.
            state=$(scontrol show job "$element" | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p')
            failed={{Quoted(logs)}}/$element.failed
            if [[ $state != CANCELLED* ]]; then
              if ((code == {{GoesOn}})); then
                scontrol requeue "$element" && exit 0
              elif ((code != 0)) && [[ ! -e $failed ]]; then
                touch "$failed"
                echo "failed with exit code $code, and is tried once more"
                scontrol requeue "$element" && exit 0
              fi
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
