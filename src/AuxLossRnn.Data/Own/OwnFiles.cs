using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>A reader's own sequences from the files that a run's spec names.</summary>
public static class OwnFiles
{
    /// <summary>The part of each class that is tested on where there is no file for it.</summary>
    public const double TestFraction = 0.2;

    /// <summary>Opens them: the test file's sequences to test on, or a part of each class.</summary>
    /// <param name="request">The files, the part to hold out and the seed.</param>
    /// <param name="root">Where those are whose paths are not whole.</param>
    /// <param name="progress">Told how much is read of each, for large files; null for nobody.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="UserException">A file is missing or damaged, or they do not go together.</exception>
    internal static DatasetSplits Open(DatasetRequest request, DataRoot root, IProgress<ReadingProgress>? progress, CancellationToken cancellation)
    {
        SequenceFiles files = Found(request.Files!, root);
        SequenceFileOptions options = Options(files);
        OwnSequences own = OwnSequences.Open(files.DataFile!, options, progress, cancellation);
        OwnSequences? test = OpenTest(files, own, options, progress, cancellation);
        if (!own.IsLabelled)
        {
            throw new UserException(
                $"'{files.DataFile}' was taken for {own.TakenFor}, whose sequences have no labels. Say with ‹Label› which column or attribute holds the class.");
        }

        if (files.Unlabelled is not null)
        {
            own = own.WithUnlabelled(OpenUnlabelled(files.Unlabelled, files, null, progress, cancellation));
        }

        return test is null ? own.Split(request.ValidationFraction, TestFraction, request.Seed) : own.Split(test, request.ValidationFraction, request.Seed, isHashed: true);
    }

    private static OwnSequences? OpenTest(
        SequenceFiles files, OwnSequences own, SequenceFileOptions options, IProgress<ReadingProgress>? progress, CancellationToken cancellation)
    {
        string? path = files.TestFile ?? (files.TestArray is null ? null : files.DataFile);
        if (path is null)
        {
            return null;
        }

        if (Path.GetFullPath(path) == Path.GetFullPath(files.DataFile!) && (files.TestArray is null || files.TestArray == files.Array))
        {
            throw new UserException(
                $"'{path}' is trained on and tested on. Leave ‹TestFile› out, and a fifth of it is set aside; of an archive with arrays for both, name them with ‹Array› and ‹TestArray›.");
        }

        bool isNpy = string.Equals(Path.GetExtension(path), ".npy", StringComparison.OrdinalIgnoreCase);
        OwnSequences test = OwnSequences.Open(
            path, options with { Array = files.TestArray ?? files.Array, Labels = files.TestLabels ?? (isNpy ? null : files.Labels) }, progress, cancellation);
        if (!test.IsLabelled)
        {
            throw new UserException($"'{path}' was taken for {test.TakenFor}, whose sequences have no labels, so nothing can be tested on them. Say with ‹TestLabels› where they are.");
        }

        OwnSequences.Pair(files.DataFile!, own, path, test);
        return test;
    }

    /// <summary>Opens further sequences, read as a run's files are. A column of the class may be there or not: it is not looked at.</summary>
    /// <param name="path">The file.</param>
    /// <param name="files">How the run's files are read.</param>
    /// <param name="memoryBytes">The most memory that values may take while they are read, in bytes; null for half of what the machine has.</param>
    /// <param name="progress">Told how much is read, for large files; null for nobody.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="UserException">The file is missing or damaged.</exception>
    public static OwnSequences OpenUnlabelled(
        string path, SequenceFiles files, long? memoryBytes = null, IProgress<ReadingProgress>? progress = null, CancellationToken cancellation = default) =>
        OwnSequences.Open(path, Options(files with { Labels = null }) with { LabelIsRead = false, MemoryBytes = memoryBytes }, progress, cancellation);

    private static SequenceFiles Found(SequenceFiles files, DataRoot root)
    {
        return files with { DataFile = Of(files.DataFile), TestFile = Of(files.TestFile), Unlabelled = Of(files.Unlabelled), Labels = OfNpy(files.Labels), TestLabels = OfNpy(files.TestLabels) };

        // Of an .npz file labels are the name of an array.
        string? OfNpy(string? labels) => labels?.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) == true ? Of(labels) : labels;

        string? Of(string? path) => path is null || Path.Exists(path) ? path
            : Path.IsPathFullyQualified(path) ? throw new UserException($"There is no {path}. Give a file of sequences with ‹DataFile›, ‹TestFile› or ‹Unlabelled›.")
            : root.PathOf(path) is var below && Path.Exists(below) ? below
            : throw new UserException($"There is no {path}, neither here nor in the data root {root.Folder}. Give a file of sequences with ‹DataFile›, ‹TestFile› or ‹Unlabelled›.");
    }

    /// <summary>How the files are read.</summary>
    /// <param name="files">The files.</param>
    public static SequenceFileOptions Options(SequenceFiles files) => new()
    {
        Label = files.Label,
        Header = files.Header,
        Separator = files.Separator switch
        {
            null => null,
            "\\t" => '\t',
            [char one] => one,
            string other => throw new UserException($"‹Separator› is '{other}', but one character separates cells. Give one, or \\t for a tab."),
        },
        Channels = files.Channels,
        Sequence = files.SequenceColumn,
        Step = files.StepColumn,
        Array = files.Array,
        Labels = files.Labels,
        ChannelsFirst = files.ChannelsFirst,
        LengthsDiffer = files.LengthsDiffer,
        Preparation = new SequencePreparation(files.Missing, files.Scaling),
    };
}
