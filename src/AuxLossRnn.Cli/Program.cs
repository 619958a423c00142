using System.CommandLine;
using AuxLossRnn.Cli;
using AuxLossRnn.Cli.Commands;
using AuxLossRnn.Notebooks.Session;

var root = new RootCommand("Recurrent networks on very long sequences, with the auxiliary losses of Trinh et al. (ICML 2018).")
{
    QuickstartCommand.Create(),
    DoctorCommand.Create(),
    DataCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    MeasureCommand.Create(),
    NotebookCommand.Create(),
    KernelCommand.Create(() => new CSharpSession(Environment.CurrentDirectory)),
};
return await CommandRunner.RunAsync(root, args);
