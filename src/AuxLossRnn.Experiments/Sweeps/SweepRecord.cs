using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>What a sweep keeps of a run beside the run's own files: <c>sweep.json</c> in its folder.</summary>
/// <param name="Steps">The steps that it will have done; null while that is unknown.</param>
/// <param name="Failure">What the last attempt said, if it failed.</param>
public sealed record SweepRecord(int? Steps, string? Failure)
{
    /// <summary>Reads it; an empty one where there is none, or where a killed process left it damaged.</summary>
    /// <param name="folder">The run folder.</param>
    public static SweepRecord Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<SweepRecord>(File.ReadAllText(PathOf(folder)), KitJson.Line)!;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return new SweepRecord(null, null);
        }
    }

    /// <summary>Writes that a run goes on, and ends it when another process takes over its folder.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="claim">The claim to it.</param>
    /// <param name="trainer">What trains it.</param>
    public static void Begin(string folder, RunClaim claim, Trainer trainer)
    {
        (Read(folder) with { Steps = trainer.Schedule.TotalSteps, Failure = null }).Write(folder);
        trainer.StepDone += _ => claim.ThrowIfLost();
        trainer.Evaluated += _ => claim.ThrowIfLost();
    }

    /// <summary>Writes it.</summary>
    /// <param name="folder">The run folder; made if it is missing.</param>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(PathOf(folder), JsonSerializer.Serialize(this, KitJson.Line));
    }

    private static string PathOf(string folder) => Path.Combine(folder, "sweep.json");
}
