namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>A cell that ran.</summary>
/// <param name="Number">Its execution count.</param>
/// <param name="Code">Its text.</param>
internal sealed record HistoryCell(int Number, string Code);
