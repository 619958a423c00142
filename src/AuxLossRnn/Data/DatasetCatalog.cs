using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>The one place that opens datasets.</summary>
public static class DatasetCatalog
{
    /// <summary>The embedded dataset, which needs no file.</summary>
    public const string StrokeDigitsName = "stroke-digits";

    private const int StrokeDigitsTrain = 12_000;
    private const int StrokeDigitsTest = 2_000;
    private const int StrokeDigitsSide = 28;

    // The drawn digits are one dataset, the same for every run; its test images lie far behind the training images.
    private const long StrokeDigitsSeed = 2018;
    private const long StrokeDigitsFirstTest = 1L << 40;

    private const long SampleSeed = 2018;

    /// <summary>The names that can be opened.</summary>
    public static IReadOnlyList<string> Names { get; } = [StrokeDigitsName, "mnist", "pmnist", Dbpedia.Name];

    /// <summary>Some training images of a dataset, to look at.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="side">The side in pixels; null for the images' own.</param>
    /// <param name="root">Where its files are.</param>
    /// <exception cref="UserException">The name is unknown, or its files are missing or malformed.</exception>
    public static ByteImages Images(string name, int? side, DataRoot root)
    {
        if (name == Dbpedia.Name)
        {
            throw new UserException($"{name} has texts, not images: look at them with DatasetCatalog.Texts.");
        }

        ByteImages images = Open(name, side, 2_000, 1, root).Train;
        return side is int smaller ? AveragePooling.Resize(images, smaller) : images;
    }

    /// <summary>Some training texts of each class of DBpedia, as the network reads them.</summary>
    /// <param name="perClass">How many of each class.</param>
    /// <param name="root">Where its files are.</param>
    /// <returns>The classes' names, each with the first texts of it.</returns>
    /// <exception cref="UserException">Its files are missing or malformed.</exception>
    public static IEnumerable<(string Class, IReadOnlyList<string> Texts)> Texts(int perClass, DataRoot root)
    {
        TextSequences all = Dbpedia.Train(root, new TextOptions());
        return Dbpedia.ClassNames.Select((name, label) => (name, (IReadOnlyList<string>)
            [.. Enumerable.Range(0, all.Count).Where(index => all.Label(index) == label).Take(perClass).Select(all.Read)]));
    }

    /// <summary>Opens a dataset.</summary>
    /// <param name="request">Which one, how large and in which form.</param>
    /// <param name="root">Where its files are; not looked at for stroke-digits.</param>
    /// <exception cref="UserException">The name is unknown, or its files are missing or malformed.</exception>
    public static DatasetSplits Open(DatasetRequest request, DataRoot root)
    {
        if (request.Name == Dbpedia.Name)
        {
            return OpenTexts(request, root);
        }

        (ByteImages train, ByteImages test) = Open(request.Name, request.Side, request.TrainLimit, request.TestLimit, root);
        var options = new ImageSequenceOptions
        {
            Side = request.Side,
            Silence = request.Silence,
            Permuted = request.Name == "pmnist",
        };
        return Split(ImageSequences.From(train, options), ImageSequences.From(test, options), request);
    }

    private static DatasetSplits OpenTexts(DatasetRequest request, DataRoot root)
    {
        if (request.Side is not null || request.Silence != 0)
        {
            throw new UserException($"--side and --silence are for images: leave them out with --dataset {request.Name}.");
        }

        var options = new TextOptions
        {
            Vocabulary = request.Vocabulary,
            MaxLength = request.MaxLength,
        };
        return Split(Sample(Dbpedia.Train(root, options), request.TrainLimit), Sample(Dbpedia.Test(root, options), request.TestLimit), request);
    }

    /// <summary>Some texts, the same for every run: their files are sorted by class, so the first ones will not do.</summary>
    private static SequenceDataset Sample(SequenceDataset all, int? limit)
    {
        if (limit is not int count || count >= all.Count)
        {
            return all;
        }

        int[] chosen = new RandomStream(SampleSeed, RandomPurpose.Split).Permutation(all.Count)[..count];
        Array.Sort(chosen);
        return all.Subset(chosen);
    }

    private static DatasetSplits Split(SequenceDataset all, SequenceDataset test, DatasetRequest request)
    {
        (int[] kept, int[] held) = HoldOut.Split(all.Count, request.ValidationFraction, request.Seed);
        return new DatasetSplits(all.Subset(kept), all.Subset(held), test);
    }

    private static (ByteImages Train, ByteImages Test) Open(string name, int? side, int? train, int? test, DataRoot root) => name switch
    {
        StrokeDigitsName => (
            StrokeDigits.Draw(train ?? StrokeDigitsTrain, side ?? StrokeDigitsSide, StrokeDigitsSeed),
            StrokeDigits.Draw(test ?? StrokeDigitsTest, side ?? StrokeDigitsSide, StrokeDigitsSeed, StrokeDigitsFirstTest)),
        "mnist" or "pmnist" => (Mnist.Train(root).Take(train), Mnist.Test(root).Take(test)),
        _ => throw new UserException($"There is no dataset '{name}'. Choose --dataset among {string.Join(", ", Names)}."),
    };
}
