using System.Text.Json;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli;

/// <summary>A job array that was submitted, kept beside its logs until none of it is in the queue: <c>job-12.json</c>.</summary>
/// <param name="Id">Slurm's number.</param>
/// <param name="Runs">Which element trains which run folder.</param>
public sealed record SlurmJob(string Id, IReadOnlyDictionary<int, string> Runs)
{
    /// <summary>The jobs that are kept in a folder.</summary>
    /// <param name="logs">The folder of the logs.</param>
    public static IReadOnlyList<SlurmJob> All(string logs) =>
        [.. Directory.EnumerateFiles(logs, "job-*.json").Order().Select(path => JsonSerializer.Deserialize<SlurmJob>(File.ReadAllText(path), KitJson.Line)!)];

    /// <summary>Keeps it.</summary>
    /// <param name="logs">The folder of the logs.</param>
    public void Write(string logs) => AtomicFile.WriteText(PathIn(logs), JsonSerializer.Serialize(this, KitJson.Line));

    /// <summary>Keeps it no longer.</summary>
    /// <param name="logs">The folder of the logs.</param>
    public void Forget(string logs) => File.Delete(PathIn(logs));

    private string PathIn(string logs) => Path.Combine(logs, $"job-{Id}.json");
}
