namespace AuxLossRnn.Notebooks.Session;

/// <summary>One value in several formats, the richest that a reader understands wins.</summary>
/// <param name="Formats">Text by MIME type, such as <c>text/html</c> and <c>text/plain</c>.</param>
public sealed record MimeBundle(IReadOnlyDictionary<string, string> Formats);
