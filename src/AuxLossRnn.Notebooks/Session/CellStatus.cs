namespace AuxLossRnn.Notebooks.Session;

/// <summary>How a cell ended.</summary>
public enum CellStatus
{
    /// <summary>It ran to its end.</summary>
    Succeeded,

    /// <summary>It did not compile, or threw.</summary>
    Failed,

    /// <summary>It was stopped.</summary>
    Cancelled,

    /// <summary>It was told to stop and has not: a call in it does not return. Cells after it are refused until it does.</summary>
    StillRunning,
}
