namespace AuxLossRnn.Notebooks.Session;

/// <summary>Whether a cell can be run as it is.</summary>
public enum CellCompleteness
{
    /// <summary>It can be run.</summary>
    Complete,

    /// <summary>It wants more text.</summary>
    Incomplete,

    /// <summary>It is wrong whatever follows.</summary>
    Invalid,
}
