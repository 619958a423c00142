namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>A heading.</summary>
/// <param name="Level">From 1.</param>
/// <param name="Name">What Jupyter calls its place: its text with dashes for spaces. Two headings may have the same.</param>
/// <param name="Id">Its place in the page.</param>
/// <param name="Html">Its text, as HTML without links.</param>
internal sealed record Heading(int Level, string Name, string Id, string Html);
