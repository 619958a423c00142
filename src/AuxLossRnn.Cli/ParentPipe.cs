namespace AuxLossRnn.Cli;

/// <summary>Standard input as a sign of life: a parent that is killed cannot tell its child, but its end of the pipe is closed all the same.</summary>
internal static class ParentPipe
{
    /// <summary>Does something once standard input has closed.</summary>
    /// <param name="closed">What to do, in a thread of its own.</param>
    public static void WhenClosed(Action closed) => new Thread(() =>
    {
        using Stream input = Console.OpenStandardInput();
        byte[] nothing = new byte[1];
        while (input.Read(nothing) > 0)
        {
        }

        closed();
    })
    {
        IsBackground = true,
    }.Start();
}
