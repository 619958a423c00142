using System.Text;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>The process's console while sessions run: what a cell writes goes to the cell, all else where it went before.</summary>
internal sealed class CellConsole(TextWriter outside, bool error) : TextWriter
{
    private static readonly Lock Gate = new();
    private static TextWriter? _out;
    private static TextWriter? _error;

    public override Encoding Encoding => outside.Encoding;

    /// <summary>Puts itself in front of the console, once for as long as nobody else replaces it.</summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (!ReferenceEquals(Console.Out, _out))
            {
                Console.SetOut(new CellConsole(Console.Out, error: false));
                _out = Console.Out;
            }

            if (!ReferenceEquals(Console.Error, _error))
            {
                Console.SetError(new CellConsole(Console.Error, error: true));
                _error = Console.Error;
            }
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value)
    {
        if (CellContext.Current is not CellContext cell)
        {
            outside.Write(value);
        }
        else if (!string.IsNullOrEmpty(value))
        {
            cell.Output.Write(error, value);
        }
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine() => Write("\n");

    public override void Flush() => outside.Flush();
}
