namespace AuxLossRnn.Data;

/// <summary>How far a download is.</summary>
/// <param name="Mirror">The address it comes from now.</param>
/// <param name="Done">The bytes on disk so far, those of an earlier, broken download included.</param>
/// <param name="Total">The bytes of the whole file, or null if neither manifest nor server says.</param>
public readonly record struct DownloadProgress(Uri Mirror, long Done, long? Total);
