using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>What can be downloaded: the content of <c>data/manifest.json</c>.</summary>
/// <param name="Datasets">The datasets.</param>
public sealed record DataManifest(IReadOnlyList<ManifestDataset> Datasets)
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static readonly Lazy<DataManifest> Own = new(ReadEmbedded);

    /// <summary>The manifest that the library carries with it.</summary>
    public static DataManifest Embedded => Own.Value;

    /// <summary>Finds a dataset by its name.</summary>
    /// <param name="name">The name, such as <c>mnist</c>.</param>
    /// <exception cref="UserException">There is no such dataset to download; the message lists those there are.</exception>
    public ManifestDataset Find(string name) =>
        Datasets.FirstOrDefault(dataset => dataset.Name == name) ?? throw new UserException(
            $"There is no dataset '{name}' to download. There are: {string.Join(", ", Datasets.Select(dataset => dataset.Name))}. "
            + "pmnist is mnist read in another order; stroke-digits needs no file.");

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    internal static DataManifest Read(Stream json) => JsonSerializer.Deserialize<DataManifest>(json, Strict)!;

    private static DataManifest ReadEmbedded()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("manifest.json")
            ?? throw new InvalidOperationException("manifest.json is not embedded in the library");
        return Read(stream);
    }
}
