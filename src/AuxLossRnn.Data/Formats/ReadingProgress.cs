namespace AuxLossRnn.Data;

/// <summary>How far a file is read.</summary>
/// <param name="Done">The bytes read.</param>
/// <param name="Total">The bytes of the file.</param>
public sealed record ReadingProgress(long Done, long Total);
