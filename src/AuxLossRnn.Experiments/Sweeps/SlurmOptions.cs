namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>How a sweep's job array is sent to Slurm: the section <c>slurm</c> of its file.</summary>
public sealed record SlurmOptions
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

    /// <summary>Further options of sbatch, each as one would type it, such as <c>--mem=8G</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Shell lines before the training, such as <c>module load dotnet</c>.</summary>
    public IReadOnlyList<string> Setup { get; init; } = [];
}
