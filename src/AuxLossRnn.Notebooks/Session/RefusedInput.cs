using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>The console's input while cells run: nobody is asked for it.</summary>
public sealed class RefusedInput : TextReader
{
    private RefusedInput()
    {
    }

    /// <summary>Refuses input to all cells of this process, and gives none to the programs that they start. It cannot be taken back.</summary>
    public static void Install()
    {
        Console.SetIn(new RefusedInput());
        StandardInput.Empty();
    }

    /// <inheritdoc/>
    public override int Read() => throw Refusal();

    /// <inheritdoc/>
    public override int Peek() => throw Refusal();

    /// <inheritdoc/>
    public override string? ReadLine() => throw Refusal();

    private static InvalidOperationException Refusal() =>
        new("A cell cannot ask for input while it runs. Write the value into the cell.");
}
