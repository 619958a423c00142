using System.Text;

namespace AuxLossRnn.Cli;

/// <summary>Writes to a terminal as long as there is one: that it was closed must not end a training before its checkpoint is written.</summary>
/// <param name="terminal">The terminal.</param>
internal sealed class TerminalWriter(TextWriter terminal) : TextWriter
{
    private volatile bool _closed;

    /// <inheritdoc/>
    public override Encoding Encoding => terminal.Encoding;

    /// <summary>Lets the console write so where it writes to a terminal. What goes to files and pipes fails as it should.</summary>
    public static void Install()
    {
        if (!Console.IsOutputRedirected)
        {
            Console.SetOut(new TerminalWriter(Console.Out));
        }

        if (!Console.IsErrorRedirected)
        {
            Console.SetError(new TerminalWriter(Console.Error));
        }
    }

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => terminal.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => terminal.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => terminal.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => terminal.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(terminal.Flush);

    private void Try(Action write)
    {
        try
        {
            if (!_closed)
            {
                write();
            }
        }
        catch (IOException)
        {
            _closed = true;
        }
    }
}
