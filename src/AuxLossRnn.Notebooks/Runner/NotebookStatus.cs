namespace AuxLossRnn.Notebooks.Runner;

/// <summary>How a notebook's run ended.</summary>
public enum NotebookStatus
{
    /// <summary>All cells ran.</summary>
    Finished,

    /// <summary>A cell failed; those after it did not run.</summary>
    Failed,

    /// <summary>The time was up.</summary>
    TimedOut,

    /// <summary>It was stopped from outside.</summary>
    Cancelled,
}
