using System.CommandLine;
using AuxLossRnn.Cli;
using AuxLossRnn.Cli.Commands;
using AuxLossRnn.Runtime;

var root = new RootCommand("Recurrent networks on very long sequences, with the auxiliary losses of Trinh et al. (ICML 2018).")
{
    QuickstartCommand.Create(),
    DoctorCommand.Create(),
    DataCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    KernelCommand.Create(() => throw new UserException("This build has no C# session yet: the kernel cannot run cells. Update the kit.")),
};
return await CommandRunner.RunAsync(root, args);
