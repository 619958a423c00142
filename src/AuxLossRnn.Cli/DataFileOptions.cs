using System.CommandLine;
using AuxLossRnn.Data;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli;

/// <summary>The options of a command that reads a file of sequences: what the file does not say of itself.</summary>
internal sealed class DataFileOptions
{
    private readonly Option<string?> _label = new("--label")
    {
        Description = "A table's column (without a header its number, from 0; -1 is the last) or an ARFF file's attribute with the class.", HelpName = "NAME",
    };

    private readonly Option<int> _channels = new("--channels") { Description = "The channels of a step in a table with a row a sequence.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _sequence = new("--sequence") { Description = "In a table with a row a step, the column that says which sequence.", HelpName = "NAME" };
    private readonly Option<string?> _step = new("--step") { Description = "In a table with a row a step, the column with the step's number or time.", HelpName = "NAME" };
    private readonly Option<bool> _header = new("--header") { Description = "Whether a table's first line names its columns; true unless said.", DefaultValueFactory = _ => true, HelpName = "true|false" };
    private readonly Option<string?> _separator = new("--separator") { Description = "What stands between a table's cells: a character, or \\t for a tab.", HelpName = "CHARACTER" };
    private readonly Option<string?> _array = new("--array") { Description = "In an .npz file, the name of the array of sequences.", HelpName = "NAME" };
    private readonly Option<string?> _labels = new("--labels") { Description = "The .npy file of the classes, or their array's name in an .npz file.", HelpName = "NAME" };
    private readonly Option<bool?> _channelsFirst = new("--channels-first") { Description = "Whether an array is [sequences, channels, steps].", HelpName = "true|false" };
    private readonly Option<bool?> _lengthsDiffer = new("--lengths-differ") { Description = "Whether missing values at the end of a sequence are none.", HelpName = "true|false" };
    private readonly Option<double?> _memory = new("--memory") { Description = "The most gigabytes that values may take while they are read; half of the machine's unless said.", HelpName = "GB" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _label, _channels, _sequence, _step, _header, _separator, _array, _labels, _channelsFirst, _lengthsDiffer, _memory })
        {
            command.Add(option);
        }
    }

    /// <summary>What was said.</summary>
    /// <exception cref="UserException">The separator is no character, or the memory no number above 0.</exception>
    public SequenceFileOptions Read(ParseResult parsed) => new()
    {
        Label = parsed.GetValue(_label),
        Channels = parsed.GetValue(_channels),
        Sequence = parsed.GetValue(_sequence),
        Step = parsed.GetValue(_step),
        Header = parsed.GetValue(_header),
        Separator = parsed.GetValue(_separator) switch
        {
            null => null,
            "\\t" => '\t',
            [char one] => one,
            string other => throw new UserException($"--separator is '{other}', but one character separates cells. Give one, or \\t for a tab."),
        },
        Array = parsed.GetValue(_array),
        Labels = parsed.GetValue(_labels),
        ChannelsFirst = parsed.GetValue(_channelsFirst),
        LengthsDiffer = parsed.GetValue(_lengthsDiffer),
        MemoryBytes = parsed.GetValue(_memory) switch
        {
            null => null,
            double gigabytes when gigabytes > 0 => (long)(gigabytes * (1 << 30)),
            double other => throw new UserException(FormattableString.Invariant($"--memory is {other} GB, but must be more than 0.")),
        },
    };
}
