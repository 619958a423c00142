namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>A cell that runs.</summary>
/// <param name="Request">What asked for it.</param>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Output">Publishes what it shows.</param>
internal sealed record RunningCell(Request Request, string Name, PublishedOutput Output);
