using System.Globalization;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>How a sweep's job array is sent to Slurm: the section <c>slurm</c> of its file.</summary>
public sealed partial record SlurmOptions
{
    /// <summary>The partition; null for the cluster's default.</summary>
    public string? Partition { get; init; }

    /// <summary>The time limit of an element as Slurm writes it, such as <c>04:00:00</c>; null for the partition's. A run longer than that goes on in the next round.</summary>
    public string? Time { get; init; }

    /// <summary>GPUs of an element; 0, the default, computes on the processor.</summary>
    public int Gpus { get; init; }

    /// <summary>Cores, and threads that compute, of an element; 1 by default.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>At most this many elements at once (the <c>%M</c> of <c>--array</c>); null for as many as the cluster gives.</summary>
    public int? AtOnce { get; init; }

    /// <summary>Seconds before the time limit at which an element is told to write its checkpoint; 120 by default.</summary>
    public int Warning { get; init; } = 120;

    /// <summary>Further options of sbatch, each as one would type it, such as <c>--mem=8G</c>. A <c>--signal</c> among them takes the place of <see cref="Warning"/>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Shell lines before the training, such as <c>module load dotnet</c>.</summary>
    public IReadOnlyList<string> Setup { get; init; } = [];

    /// <summary>The options without a signal.</summary>
    public IEnumerable<string> OtherOptions => Options.Where(option => !SignalOption().IsMatch(option));

    /// <summary>The signal's name or number, and when it comes: <c>TERM@120</c>.</summary>
    public string Signal => Options.Select(option => SignalOption().Match(option)).LastOrDefault(match => match.Success)?.Groups["signal"].Value ?? $"TERM@{Warning}";

    /// <summary>What keeps elements from being told in time to write their checkpoints; null for nothing.</summary>
    internal string? Defect() => Signal.Split('@')[0] is "KILL" or "SIGKILL" or "9" or "STOP" or "SIGSTOP" or "19"
        ? $"has the signal {Signal}, which nobody can catch: choose another one, such as --signal=USR1@120."
        : Signal == $"TERM@{Warning}" && Time is not null && SecondsOf(Time) is double limit && limit <= Warning
        ? $"has a warning of {Warning} seconds before a time limit of {limit:0}: every element would be stopped as soon as it has begun. Choose a longer time or a smaller warning."
        : null;

    /// <summary>A time limit in seconds; null where it is none, or not written as Slurm does.</summary>
    /// <param name="time">The limit as Slurm takes it.</param>
    public static double? SecondsOf(string time)
    {
        Match match = Limit().Match(time);
        double part(string name) => match.Groups[name] is { Success: true, Value: string digits } ? double.Parse(digits, CultureInfo.InvariantCulture) : 0;
        return match.Success ? (((((part("days") * 24) + part("hours")) * 60) + part("minutes")) * 60) + part("seconds") : null;
    }

    // minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes, days-hours:minutes:seconds
    [GeneratedRegex(@"^((?<days>\d+)-(?<hours>\d+)(:(?<minutes>\d+)(:(?<seconds>\d+))?)?|(?<hours>\d+):(?<minutes>\d+):(?<seconds>\d+)|(?<minutes>\d+)(:(?<seconds>\d+))?)$")]
    private static partial Regex Limit();

    // [{R|B}:]signal[@seconds]
    [GeneratedRegex(@"^--signal[= ](([RB]+):)?(?<signal>.+)$")]
    private static partial Regex SignalOption();
}
