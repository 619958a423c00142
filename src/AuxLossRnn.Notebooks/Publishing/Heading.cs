namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>A heading.</summary>
/// <param name="Level">From 1.</param>
/// <param name="Id">Its place in the page.</param>
/// <param name="Html">Its text, as HTML without links.</param>
internal sealed record Heading(int Level, string Id, string Html);
