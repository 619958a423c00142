using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Which package an assembly is of, as the file says that a build writes beside its program.</summary>
/// <param name="Id">The package's name.</param>
/// <param name="Version">Its version.</param>
internal sealed record PackageVersion(string Id, string Version)
{
    /// <summary>The packages of a program's assemblies, by an assembly's simple name.</summary>
    /// <param name="file">The program's .deps.json; a program without one has no packages.</param>
    public static IReadOnlyDictionary<string, PackageVersion> Read(string file)
    {
        var found = new Dictionary<string, PackageVersion>(StringComparer.OrdinalIgnoreCase);
        try
        {
            JsonObject targets = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))?["targets"] as JsonObject ?? [] : [];
            foreach ((string library, JsonNode? parts) in targets.SelectMany(target => target.Value as JsonObject ?? []))
            {
                string[] name = library.Split('/');
                foreach ((string path, _) in parts?["runtime"] as JsonObject ?? [])
                {
                    found.TryAdd(Path.GetFileNameWithoutExtension(path), new PackageVersion(name[0], name[^1]));
                }
            }
        }
        catch (JsonException)
        {
            // What it says serves messages: they do without.
        }

        return found;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Version}";
}
