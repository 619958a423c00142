using AuxLossRnn.Runtime;

namespace AuxLossRnn.Sequences;

/// <summary>The files of a reader's own sequences: with them a run's spec alone says what it is trained on.</summary>
/// <remarks>What reads them stands above this library; a spec and a run's <c>config.json</c> hold where they are and how they are read.</remarks>
public sealed record SequenceFiles
{
    /// <summary>The file of your own labelled sequences: .ts, .arff or tab-separated text of the UCR and UEA archives, .npy, .npz, or a table (CSV).</summary>
    public string? DataFile { get; init; }

    /// <summary>The file to test on, of the same form, such as an archive's; null for a fifth of each class of the data file.</summary>
    public string? TestFile { get; init; }

    /// <summary>A file of further sequences whose classes are not known or not read: they are for the auxiliary losses alone.</summary>
    public string? Unlabelled { get; init; }

    /// <summary>The column of a table, or the attribute of an .arff file, that holds the class; in a table without a header its number from 0, -1 for the last.</summary>
    public string? Label { get; init; }

    /// <summary>Whether a table's first line names its columns.</summary>
    public bool Header { get; init; } = true;

    /// <summary>What stands between a table's cells: a character, or \t for a tab; null for a tab where the first line has one, else a comma.</summary>
    public string? Separator { get; init; }

    /// <summary>The channels of a step in a table with a row a sequence: its columns are step 0's channels, then step 1's, and so on.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>In a table with a row a step, the column that says which sequence; null for a table with a row a sequence.</summary>
    public string? SequenceColumn { get; init; }

    /// <summary>In a table with a row a step, the column with the step's number or time.</summary>
    public string? StepColumn { get; init; }

    /// <summary>The array of sequences in an .npz file; null for the only one of two or three dimensions.</summary>
    public string? Array { get; init; }

    /// <summary>The .npy file of an .npy file's classes, or the name of their array in an .npz file; null for the only array of one dimension there.</summary>
    public string? Labels { get; init; }

    /// <summary>The array of sequences to test on in an .npz file, which may be the data file itself; null for the same name in the test file.</summary>
    public string? TestArray { get; init; }

    /// <summary>The classes of the test file: an .npy file, or the name of their array in an .npz file; null for the same name in the test file.</summary>
    public string? TestLabels { get; init; }

    /// <summary>Whether an array is [n, F, T] rather than [n, T, F]; null where its shape tells.</summary>
    public bool? ChannelsFirst { get; init; }

    /// <summary>Whether sequences may differ in length, so that missing values at their end are none; null where the file says it.</summary>
    public bool? LengthsDiffer { get; init; }

    /// <summary>What becomes of missing values; refused by default.</summary>
    public MissingValues Missing { get; init; }

    /// <summary>How each channel is scaled; to [0, 1] over the training part's range by default.</summary>
    public ChannelScaling Scaling { get; init; }

    /// <summary>The same with the whole paths of files that are there, so that they can be found from any folder. Others may be in the data root.</summary>
    /// <param name="folder">What paths that are not whole are below.</param>
    public SequenceFiles In(string folder)
    {
        return this with { DataFile = Whole(DataFile), TestFile = Whole(TestFile), Unlabelled = Whole(Unlabelled), Labels = IsNpy(DataFile) ? Whole(Labels) : Labels, TestLabels = IsNpy(TestFile) ? Whole(TestLabels) : TestLabels };

        string? Whole(string? path) => path is not null && Path.GetFullPath(UserPath.Expand(path), folder) is var whole && Path.Exists(whole) ? whole : path;
        static bool IsNpy(string? path) => string.Equals(Path.GetExtension(path), ".npy", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The same without folders: what the files are called, wherever they lie.</summary>
    public SequenceFiles Named() =>
        this with { DataFile = Path.GetFileName(DataFile), TestFile = Path.GetFileName(TestFile), Unlabelled = Path.GetFileName(Unlabelled), Labels = Path.GetFileName(Labels), TestLabels = Path.GetFileName(TestLabels) };
}
