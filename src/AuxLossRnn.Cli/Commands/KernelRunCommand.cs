using System.CommandLine;
using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss kernel run</c>: what Jupyter starts. SIGINT stops a cell, not the command.</summary>
internal sealed class KernelRunCommand : Command
{
    /// <summary>Makes the command.</summary>
    /// <param name="sessions">Makes the session that runs the cells.</param>
    internal KernelRunCommand(Func<INotebookSession> sessions)
        : base("run", "Run a kernel; Jupyter does this.")
    {
        Hidden = true;
        var connection = new Argument<string>("CONNECTION_FILE") { Description = "Where to listen: the file that Jupyter writes." };
        Add(connection);
        SetAction(async (parsed, cancellation) =>
        {
            await JupyterKernel.RunAsync(parsed.GetValue(connection)!, sessions, cancellation);
            return ExitCodes.Done;
        });
    }
}
