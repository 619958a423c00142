namespace AuxLossRnn.Notebooks.Session;

/// <summary>How a cell ended.</summary>
/// <param name="Status">How.</param>
/// <param name="Error">What went wrong; null where nothing did.</param>
public sealed record CellResult(CellStatus Status, CellError? Error = null);
