namespace AuxLossRnn.Data;

/// <summary>How far the preparation of a dataset's images is.</summary>
/// <param name="Folder">The folder they are written to.</param>
/// <param name="Done">The files done.</param>
/// <param name="Total">All files.</param>
public readonly record struct PreparationProgress(string Folder, int Done, int Total);
