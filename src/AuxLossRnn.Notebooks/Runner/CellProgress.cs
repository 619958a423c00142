using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Runner;

/// <summary>One cell's run.</summary>
/// <param name="Number">The cell's number as the notebook shows it: the count of executions, from 1.</param>
/// <param name="FirstLine">The first line of its code.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Status">How it ended.</param>
public sealed record CellProgress(int Number, string FirstLine, TimeSpan Duration, CellStatus Status);
