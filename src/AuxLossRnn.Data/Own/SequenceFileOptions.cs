using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>What a file does not say of itself, for <see cref="OwnSequences.Open"/>. A <c>.ts</c> file or a table of the UCR archive needs none of it.</summary>
public sealed record SequenceFileOptions
{
    /// <summary>
    /// The column of a table or the attribute of an ARFF file that holds the class; null for none, in ARFF for the last one with classes. Without
    /// <see cref="Header"/> its number, from 0; −1 is the last.
    /// </summary>
    public string? Label { get; init; }

    /// <summary>Whether classes are read; otherwise the column of <see cref="Label"/> may be missing or empty, and the sequences have none.</summary>
    public bool LabelIsRead { get; init; } = true;

    /// <summary>The channels F of a step in a table with a row a sequence: its columns are step 0's channels, then step 1's, and so on.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>In a table with a row a step, the column that says which sequence; null for a table with a row a sequence.</summary>
    public string? Sequence { get; init; }

    /// <summary>In a table with a row a step, the column with the step's number or time.</summary>
    public string? Step { get; init; }

    /// <summary>Whether a table's first line names its columns.</summary>
    public bool Header { get; init; } = true;

    /// <summary>What stands between the cells of a table; null for a tab where the first line has one, else a comma.</summary>
    public char? Separator { get; init; }

    /// <summary>In an <c>.npz</c> file the name of the array of sequences; null for the only one of two or three dimensions.</summary>
    public string? Array { get; init; }

    /// <summary>The <c>.npy</c> file of the classes, in an <c>.npz</c> file their array's name; null for the only array of one dimension there, if any.</summary>
    public string? Labels { get; init; }

    /// <summary>Whether an array is <c>[n, F, T]</c>; null for <c>[n, T, F]</c> where T is not less than F.</summary>
    public bool? ChannelsFirst { get; init; }

    /// <summary>
    /// Whether sequences may differ in length, so that missing values at an end are none; null as the file says: in ARFF and in tables of the UCR
    /// archive they may, in other tables and arrays not.
    /// </summary>
    public bool? LengthsDiffer { get; init; }

    /// <summary>The most memory that values may take while they are read, in bytes; null for half of what the machine has.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>How missing values are filled and channels are scaled.</summary>
    public SequencePreparation Preparation { get; init; } = new();
}
