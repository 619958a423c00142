namespace AuxLossRnn.Data;

/// <summary>How a file came to be in its place.</summary>
public enum FetchOutcome
{
    /// <summary>It was there already and its checksum is right; nothing was downloaded.</summary>
    AlreadyThere,

    /// <summary>It was downloaded, wholly or its missing rest, and its checksum is right.</summary>
    Fetched,
}
