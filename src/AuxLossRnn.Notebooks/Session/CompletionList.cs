namespace AuxLossRnn.Notebooks.Session;

/// <summary>Completions at a place.</summary>
/// <param name="Matches">Texts that could stand there.</param>
/// <param name="Start">Where the replaced text begins.</param>
/// <param name="End">Where it ends.</param>
public sealed record CompletionList(IReadOnlyList<string> Matches, int Start, int End);
