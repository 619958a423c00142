namespace AuxLossRnn.Notebooks.Runner;

/// <summary>How a notebook's run ended.</summary>
/// <param name="Status">How.</param>
/// <param name="Failure">The cell that ended it; null if all ran.</param>
public sealed record NotebookResult(NotebookStatus Status, CellFailure? Failure);
