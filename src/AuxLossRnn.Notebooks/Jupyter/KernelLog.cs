namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>What the kernel says to who looks after it; Jupyter shows it where the kernel was started.</summary>
internal static class KernelLog
{
    // The console's own writer belongs to the cells: one that waits for its reader holds it, and the sockets' thread is not to wait.
    private static readonly TextWriter Errors = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true });

    /// <summary>Writes a line.</summary>
    internal static void Write(string text) => Errors.WriteLine($"auxloss kernel: {text}");
}
