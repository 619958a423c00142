namespace AuxLossRnn.Data;

/// <summary>A dataset of the manifest.</summary>
/// <param name="Name">The name on the command line, and of the folder below the data root.</param>
/// <param name="Title">What it is.</param>
/// <param name="Licence">Under which terms it is distributed, as far as they are stated.</param>
/// <param name="Citation">What to cite.</param>
/// <param name="Files">Its files.</param>
public sealed record ManifestDataset(
    string Name, string Title, string Licence, string Citation, IReadOnlyList<ManifestFile> Files);
