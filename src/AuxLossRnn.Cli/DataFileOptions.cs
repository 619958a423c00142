using System.CommandLine;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Cli;

/// <summary>The options of a command that reads a file of sequences: what the file does not say of itself, as a training takes it.</summary>
internal sealed class DataFileOptions
{
    private static readonly string[] OfTraining =
    [
        nameof(SequenceFiles.DataFile), nameof(SequenceFiles.TestFile), nameof(SequenceFiles.Unlabelled), nameof(SequenceFiles.Missing), nameof(SequenceFiles.Scaling),
    ];

    private readonly Option<double?> _memory = new("--memory") { Description = "The most gigabytes that values may take while they are read; half of the machine's unless said.", HelpName = "GB" };

    private readonly SpecOptions _files;

    /// <summary>Adds the options to a command.</summary>
    public DataFileOptions(Command command)
    {
        _files = new SpecOptions(command, property => property.DeclaringType == typeof(SequenceFiles) && !OfTraining.Contains(property.Name));
        command.Add(_memory);
    }

    /// <summary>What was said.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="files">What holds where nothing was said; null for the defaults.</param>
    public SequenceFiles Files(ParseResult parsed, SequenceFiles? files = null) =>
        _files.Apply(new ExperimentSpec { Files = files }, parsed).Files ?? new SequenceFiles();

    /// <summary>The most memory that values may take, in bytes; null where nothing was said.</summary>
    /// <exception cref="UserException">It is no number above 0.</exception>
    public long? MemoryBytes(ParseResult parsed) => parsed.GetValue(_memory) switch
    {
        null => null,
        double gigabytes when gigabytes > 0 => (long)(gigabytes * (1 << 30)),
        double other => throw new UserException(FormattableString.Invariant($"--memory is {other} GB, but must be more than 0.")),
    };
}
