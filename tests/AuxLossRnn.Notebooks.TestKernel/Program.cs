using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Notebooks.TestKernel;

await JupyterKernel.RunAsync(args[0], () => new CommandSession());
