using System.CommandLine;
using AuxLossRnn.Data;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli;

/// <summary>The options that say where a command computes: they change how long it takes, not what it is.</summary>
public sealed class MachineOptions
{
    private readonly Option<string?> _data = Data();
    private readonly Option<string> _device = Device();
    private readonly Option<int?> _threads = new("--threads", "--workers") { Description = "Threads that compute; by default all cores. Equal runs on equally many threads repeat bit for bit with the kit's kernels; on one thread always." };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public MachineOptions(Command command)
    {
        command.Add(_data);
        command.Add(_device);
        command.Add(_threads);
    }

    /// <summary>The option of the data root alone.</summary>
    public static Option<string?> Data() => new("--data") { Description = "The data root; else AUXLOSSRNN_DATA, else data/cache." };

    /// <summary>The option of the device alone.</summary>
    public static Option<string> Device() => new("--device") { Description = "cpu or cuda.", DefaultValueFactory = _ => "cpu" };

    /// <summary>Reads the options and sets the threads.</summary>
    /// <param name="parsed">The parsed command line.</param>
    public Machine Read(ParseResult parsed)
    {
        TorchThreads.Use(parsed.GetValue(_threads));
        return new Machine(DataRoot.Resolve(parsed.GetValue(_data)), Devices.Choose(parsed.GetValue(_device)!));
    }
}
