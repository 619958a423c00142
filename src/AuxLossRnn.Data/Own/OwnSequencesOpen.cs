using System.Globalization;
using System.Text;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <content>From a file of any format that is read here.</content>
public sealed partial class OwnSequences
{
    private const int Peeked = 1 << 16;

    /// <summary>
    /// Opens a file, whatever it is: <c>.ts</c>, <c>.arff</c> or tab-separated text of the UCR and UEA archives, <c>.npy</c>, <c>.npz</c>, or a
    /// table (CSV). What it holds decides, then its ending; <see cref="TakenFor"/> says what it was taken for.
    /// </summary>
    /// <remarks>
    /// Missing values are read as such, and refused when the sequences are split to be trained on, unless
    /// <see cref="SequenceFileOptions.Preparation"/> says otherwise.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="options">What it does not say of itself; null for nothing.</param>
    /// <param name="progress">Told how much is read, for large files; null for nobody.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="UserException">The file is missing, damaged (the message has line and column), of an unknown format, or too large.</exception>
    public static OwnSequences Open(
        string path, SequenceFileOptions? options = null, IProgress<ReadingProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new SequenceFileOptions();
        string full = UserPath.Expand(path);
        try
        {
            var file = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            using var content = new CountedStream(file, file.Length, progress, cancellation);
            OwnSequences own = Read(content, full, options, progress, cancellation).WithPreparation(options.Preparation);
            if (options.Channels != 1 && options.Channels != own.Features)
            {
                throw new UserException(
                    $"'{path}' has {own.Features} channels a step, but was to be read with {options.Channels}. Only a table with a row a sequence needs ‹Channels›; other files say it themselves.");
            }

            return options.LabelIsRead ? own : own.WithoutLabels();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"'{path}' cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Opens the training and the test file of an archive, which keep the archive's split: <c>train.Split(test)</c>.</summary>
    /// <param name="train">The file to train on.</param>
    /// <param name="test">The file to test on.</param>
    /// <param name="options">What they do not say of themselves; null for nothing.</param>
    /// <param name="progress">Told how much is read of each; null for nobody.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="UserException">A file is missing, damaged, of an unknown format, or too large, or they have different channels.</exception>
    public static (OwnSequences Train, OwnSequences Test) OpenPair(
        string train, string test, SequenceFileOptions? options = null, IProgress<ReadingProgress>? progress = null, CancellationToken cancellation = default)
    {
        OwnSequences first = Open(train, options, progress, cancellation);
        OwnSequences second = Open(test, options, progress, cancellation);
        Pair(train, first, test, second);
        return (first, second);
    }

    /// <summary>Makes two sets one of a training and a test part: lengths that may differ in one may in both.</summary>
    /// <exception cref="UserException">They have different channels.</exception>
    internal static void Pair(string train, OwnSequences first, string test, OwnSequences second)
    {
        if (first.Features != second.Features)
        {
            throw new UserException(
                $"'{train}' has {first.Features} channels a step, but '{test}' {second.Features}. Give two files of one set.");
        }

        bool differ = first.LengthsDiffer || second.LengthsDiffer;
        (first.LengthsDiffer, second.LengthsDiffer) = (differ, differ);
    }

    private static OwnSequences Read(CountedStream content, string path, SequenceFileOptions options, IProgress<ReadingProgress>? progress, CancellationToken cancellation)
    {
        string? kind = ForeignFormat.Name(path, content) ?? Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".ts" => ForeignFormat.Ts,
            ".arff" => ForeignFormat.Arff,
            ".npy" or ".npz" => ForeignFormat.Npy,
            _ => null,
        };
        switch (kind)
        {
            case ForeignFormat.Ts:
                return OfTs(content, path, options);
            case ForeignFormat.Arff:
                return OfArff(content, path, options);
            case ForeignFormat.Npz:
                return OfNpz(content, path, options, progress, cancellation);
            case ForeignFormat.Npy:
                return OfNpy(content, path, options);
            case null:
                return OfTable(content, path, options);
            default:
                throw new UserException(ForeignFormat.Describe(path, content)!);
        }
    }

    private static OwnSequences OfTs(CountedStream content, string path, SequenceFileOptions options)
    {
        var cases = new ArchiveCases(path, options.MemoryBytes);
        var file = TsFile.Read(new TextLines(content, path), cases);
        return new OwnSequences(
            path, cases.Values(), null, cases.Lengths, cases.Channels.Length, file.IsLabelled ? [.. cases.Labels] : null, options.LengthsDiffer ?? file.LengthsDiffer,
            missing: true)
        { TakenFor = ForeignFormat.Ts + (file.IsTimed ? "; its times tell the order of the steps, and are not read" : "") };
    }

    private static OwnSequences OfArff(CountedStream content, string path, SequenceFileOptions options)
    {
        var cases = new ArchiveCases(path, options.MemoryBytes);
        var file = ArffFile.Read(new TextLines(content, path), options.Label, endsWhereMissing: options.LengthsDiffer != false, cases);
        return new OwnSequences(
            path, cases.Values(), null, cases.Lengths, cases.Channels.Length, file.IsLabelled ? [.. cases.Labels] : null,
            options.LengthsDiffer ?? cases.Lengths.Distinct().Count() > 1, missing: true)
        { TakenFor = ForeignFormat.Arff };
    }

    private static OwnSequences OfNpy(CountedStream content, string path, SequenceFileOptions options)
    {
        using var array = NpyFile.Open(path, content);
        string[]? names = null;
        if (options.Labels is string labels)
        {
            using var second = NpyFile.Open(labels);
            names = Labels(second, labels, array.Shape.FirstOrDefault(), path);
        }

        return FromArray(array, path, names, options.LengthsDiffer ?? false, options.ChannelsFirst, missing: true, options.MemoryBytes);
    }

    private static OwnSequences OfNpz(CountedStream content, string path, SequenceFileOptions options, IProgress<ReadingProgress>? progress, CancellationToken cancellation)
    {
        using var file = NpzFile.Open(path, content, progress, cancellation);
        IReadOnlyList<(string Name, int[] Shape)> shapes = file.Shapes();
        string array = options.Array ?? Only(shapes, path, rank => rank > 1, "of sequences, [n, T] or [n, T, F]", "Array")
            ?? throw new UserException($"'{path}' has no array of sequences, [n, T] or [n, T, F]. Its arrays are {Listed(shapes)}.");
        string? labels = options.Labels ?? Only(shapes, path, rank => rank == 1, "of labels, [n]", "Labels");
        string called = $"{path}, array {array}";
        string[]? names = null;
        if (labels is not null)
        {
            int count = file.Read(array, items => items.Shape.FirstOrDefault());
            names = file.Read(labels, second => Labels(second, $"{path}, array {labels}", count, called));
        }

        OwnSequences own = file.Read(
            array, items => FromArray(items, called, names, options.LengthsDiffer ?? false, options.ChannelsFirst, missing: true, options.MemoryBytes));
        own.TakenFor = $"{ForeignFormat.Npz}: sequences from '{array}'{(labels is null ? ", no labels" : $", labels from '{labels}'")}";
        return own;
    }

    /// <summary>The only array of some rank; null where there is none.</summary>
    private static string? Only(IReadOnlyList<(string Name, int[] Shape)> shapes, string path, Func<int, bool> ranks, string what, string option)
    {
        (string Name, int[] Shape)[] found = [.. shapes.Where(one => ranks(one.Shape.Length))];
        return found.Length <= 1
            ? found.FirstOrDefault().Name
            : throw new UserException($"'{path}' has several arrays that may be those {what}: {Listed(found)}. Say which: ‹{option}={found[0].Name}›.");
    }

    private static string Listed(IEnumerable<(string Name, int[] Shape)> shapes) => string.Join(", ", shapes.Select(one => $"{one.Name} [{string.Join(", ", one.Shape)}]"));

    private static OwnSequences OfTable(CountedStream content, string path, SequenceFileOptions options)
    {
        byte[] start = new byte[Peeked];
        int count = content.ReadAtLeast(start, Peeked, throwOnEndOfStream: false);
        content.Position = 0;
        string text = Encoding.UTF8.GetString(start, 0, count).TrimStart('\uFEFF', '\r', '\n');
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        bool isWhole = end >= 0 || count < Peeked;
        string[] cells = (end < 0 ? text : text[..end]).Split('\t');
        bool isTabbed = options.Separator is '\t' || (options.Separator is null && cells.Length > 1);

        // Label first, then nothing but numbers, and no header. Of a first line longer than what was looked at, the last cell is cut.
        bool isArchive = isTabbed && options is { Label: null, Sequence: null, Header: true }
            && cells[1..(isWhole ? cells.Length : cells.Length - 1)].All(cell => cell.Trim() is "" or "?" || CsvFile.TryNumber(cell, out _));
        char separator = isTabbed ? '\t' : options.Separator ?? ',';
        using var table = CsvFile.Open(path, options.Header && !isArchive, separator, WideLengths, content);
        if (isArchive)
        {
            OwnSequences own = FromCsv(table, 0, 1, isNamed: false, options.LengthsDiffer ?? true, missing: true, mayBeShort: false, options.MemoryBytes);
            own.LengthsDiffer = options.LengthsDiffer ?? Enumerable.Range(0, own.Count).Any(i => own.Length(i) != own.Steps);
            own.TakenFor = "tab-separated text of the UCR archive: the label first, no header";
            return own;
        }

        if (options.Sequence is not null || options.Step is not null)
        {
            return options is { Sequence: string sequence, Step: string step }
                ? FromLongCsv(table, path, sequence, step, LabelOf(table, options), options.LengthsDiffer ?? false, missing: true, options.MemoryBytes, options.LabelIsRead)
                : throw new UserException($"'{path}' was to be read as a table with a row a step, which needs both the column that says which sequence and the one that says which step.");
        }

        if (LabelOf(table, options) is null && table.HeaderRow is CsvRow header && Enumerable.Range(0, table.FirstRow.Cells.Length)
            .FirstOrDefault(column => !table.FirstRow.IsMissing(column) && !CsvFile.TryNumber(table.FirstRow.Cells[column], out _), -1) is >= 0 and int words)
        {
            throw new UserException(
                $"Line {table.FirstRow.Line}, column {words + 1} of '{path}' is '{table.FirstRow.Cells[words]}', no number."
                + (table.Hint.Length > 0 ? table.Hint
                    : CsvFile.TryNumber(header.Cells.ElementAtOrDefault(words == 0 ? 1 : 0) ?? "", out _) ? " If the first line is no header, say header: false, and ‹Label› with the number of the class's column, from 0."
                    : $" If the column holds the class, say so: ‹Label={header.Cells.ElementAtOrDefault(words)}›; if it says which sequence, name it and the step's column; otherwise take it out."));
        }

        int? label = LabelOf(table, options) is not string name ? null
            : options.Header ? table.Column(name)
            : int.TryParse(options.Label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int column) ? Numbered(table, column)
            : throw new UserException($"'{path}' was to be read without a header, so the label's column is a number, not '{options.Label}'.");
        return FromCsv(table, label, options.Channels, isNamed: options.Header && label is not null, options.LengthsDiffer ?? false, missing: true, memoryBytes: options.MemoryBytes,
            labelIsRead: options.LabelIsRead);
    }

    /// <summary>The label's column; null where there is none, as there need not be where it is not read.</summary>
    private static string? LabelOf(CsvFile table, SequenceFileOptions options) =>
        options is { LabelIsRead: false, Header: true, Label: string label } && !table.HasColumn(label) ? null : options.Label;
}
