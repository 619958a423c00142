namespace AuxLossRnn.Notebooks.Runner;

/// <summary>Hears how a run goes on.</summary>
public interface IRunListener
{
    /// <summary>A cell begins.</summary>
    /// <param name="number">Its number, as in <see cref="CellProgress"/>.</param>
    /// <param name="firstLine">The first line of its code.</param>
    void Started(int number, string firstLine);

    /// <summary>A cell prints, on any thread; one that is done may have left a thread behind that prints on.</summary>
    /// <param name="number">The cell's number.</param>
    /// <param name="text">The text; lines may be broken anywhere.</param>
    void Printed(int number, string text);

    /// <summary>A cell is done.</summary>
    /// <param name="cell">How.</param>
    void Ended(CellProgress cell);
}
