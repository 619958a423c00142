namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>The console's input while a kernel runs: no client is asked for it.</summary>
internal sealed class RefusedInput : TextReader
{
    public override int Read() => throw Refusal();

    public override int Peek() => throw Refusal();

    public override string? ReadLine() => throw Refusal();

    private static InvalidOperationException Refusal() =>
        new("This kernel cannot ask for input while a cell runs. Write the value into the cell.");
}
