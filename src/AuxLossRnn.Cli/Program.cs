using System.CommandLine;
using System.Runtime.CompilerServices;
using AuxLossRnn.Cli.Commands;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Cli;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        // Before any type of the kit's library, which loads libtorch: in a method of its own, so that none is looked for here.
        HugePages.Restart();
        if (args is ["notebook" or "kernel", ..])
        {
            Cultures.Enable();
        }

        return RunAsync(args);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Recurrent networks on very long sequences, with the auxiliary losses of Trinh et al. (ICML 2018).")
        {
            QuickstartCommand.Create(),
            DoctorCommand.Create(),
            DataCommand.Create(),
            TrainCommand.Create(),
            EvaluateCommand.Create(),
            PredictCommand.Create(),
            SweepCommand.Create(),
            ReproduceCommand.Create(),
            MeasureCommand.Create(),
            NotebookCommand.Create(),
            KernelCommand.Create(() => new CSharpSession(Environment.CurrentDirectory)),
        };
        return CommandRunner.RunAsync(root, args);
    }
}
