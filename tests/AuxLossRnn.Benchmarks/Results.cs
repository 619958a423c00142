using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Benchmarks;

/// <summary>What one run measured. A file of results has one for each processor and instruction set.</summary>
/// <param name="Environment">Where and when.</param>
/// <param name="Measurements">The times.</param>
/// <param name="Findings">What follows from them.</param>
internal sealed record Results(RunEnvironment Environment, IReadOnlyList<Measurement> Measurements, IReadOnlyList<Finding> Findings)
{
    /// <summary>Reads a file; one that is not there is empty.</summary>
    /// <returns>The results by processor and instruction set.</returns>
    public static SortedDictionary<string, Results> Read(string path)
    {
        var results = new SortedDictionary<string, Results>(StringComparer.Ordinal);
        foreach ((string key, Results value) in File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, Results>>(File.ReadAllText(path), KitJson.Indented)! : [])
        {
            results.Add(key, value);
        }

        return results;
    }

    /// <summary>Puts these in the place of the same processor's and instruction set's in a file.</summary>
    public void WriteTo(string path)
    {
        SortedDictionary<string, Results> all = Read(path);
        all[$"{Environment.Processor}, {Environment.Instructions}"] = this;
        AtomicFile.WriteText(path, JsonSerializer.Serialize(all, KitJson.Indented) + "\n");
    }
}
