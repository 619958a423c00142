using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>The one place that opens datasets.</summary>
public static class DatasetCatalog
{
    private const int ClassesToShow = 20;
    private const int ImagesToShow = 16;

    private const int StrokeDigitsTrain = 12_000;
    private const int StrokeDigitsTest = 2_000;
    private const int StrokeDigitsSide = 28;

    // The drawn digits are one dataset, the same for every run; its test images lie far behind the training images.
    private const long StrokeDigitsSeed = 2018;
    private const long StrokeDigitsFirstTest = 1L << 40;

    private const long SampleSeed = 2018;

    /// <summary>The names that can be opened.</summary>
    public static IReadOnlyList<string> Names => DatasetNames.All;

    /// <summary>Some training images of a dataset, to look at: of its first classes where there are many.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="side">The side in pixels; null for the images' own.</param>
    /// <param name="root">Where its files are.</param>
    /// <param name="progress">Told of the preparation of stanford-dogs' photographs, if they need it.</param>
    /// <param name="cancel">Stops that preparation.</param>
    /// <exception cref="UserException">The name is unknown, or its files are missing or malformed.</exception>
    public static ByteImages Images(
        string name, int? side, DataRoot root, IProgress<PreparationProgress>? progress = null, CancellationToken cancel = default)
    {
        if (name == Dbpedia.Name)
        {
            throw new UserException($"{name} has texts, not images: look at them with DatasetCatalog.Texts.");
        }

        if (name == StanfordDogs.Name)
        {
            PreparedImages dogs = Dogs("train", new DatasetRequest(name, side), root, progress, cancel);
            int[] shown = [.. Enumerable.Range(0, dogs.Count).Where(i => dogs.Label(i) < ClassesToShow)
                .GroupBy(dogs.Label).SelectMany(kind => kind.Take(ImagesToShow))];
            return dogs.Images(shown) with { Classes = Math.Min(dogs.Classes, ClassesToShow) };
        }

        ByteImages images = Open(new DatasetRequest(name, side, TrainLimit: 2_000), root).Train;
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
    /// <param name="progress">Told of the preparation of stanford-dogs' photographs, if they need it.</param>
    /// <param name="reading">Told how much is read of files of one's own, if they are large.</param>
    /// <param name="cancel">Stops that preparation, or the reading of files.</param>
    /// <exception cref="UserException">The name is unknown, or its files are missing or malformed.</exception>
    /// <exception cref="OperationCanceledException">The preparation was stopped.</exception>
    public static DatasetSplits Open(
        DatasetRequest request, DataRoot root, IProgress<PreparationProgress>? progress = null, IProgress<ReadingProgress>? reading = null,
        CancellationToken cancel = default) =>
        WithLabels(request.Files is null ? OpenLabelled(request, root, progress, cancel) : OwnFiles.Open(request, root, reading, cancel), request);

    private static DatasetSplits OpenLabelled(
        DatasetRequest request, DataRoot root, IProgress<PreparationProgress>? progress, CancellationToken cancel)
    {
        if (request.Name == Dbpedia.Name)
        {
            return OpenTexts(request, root);
        }

        if (request.Name == StanfordDogs.Name)
        {
            return OpenDogs(request, root, progress, cancel);
        }

        if (request.BoundingBox || request.Variants != 1)
        {
            throw new UserException(
                $"‹BoundingBox› and ‹Variants› are for {StanfordDogs.Name} alone: {request.Name} has neither boxes nor photographs to crop. Leave them out.");
        }

        (ByteImages train, ByteImages test) = Open(request, root);
        return Split(Sequences(train, request), Sequences(test, request), request);
    }

    /// <summary>Pools images to the side asked for and puts the pixels of pMNIST into their one order.</summary>
    private static ImageSequences Sequences(ByteImages images, DatasetRequest request)
    {
        ImageSequences.CheckSilence(request.Silence);
        ByteImages pooled = request.Side is int side ? AveragePooling.Resize(images, side) : images;
        return ImageSequences.From(pooled, new ImageSequenceOptions
        {
            Silence = request.Silence,
            Order = request.Name == DatasetNames.PermutedMnist ? PixelPermutation.For(pooled.Side * pooled.Side) : null,
        });
    }

    private static DatasetSplits OpenTexts(DatasetRequest request, DataRoot root)
    {
        if (request.Side is not null || request.Silence != 0)
        {
            throw new UserException($"‹Side› and ‹Silence› are for images: leave them out with ‹Dataset={request.Name}›.");
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

    /// <summary>Leaves labels to some of the training examples alone: the others stand after them.</summary>
    private static DatasetSplits WithLabels(DatasetSplits data, DatasetRequest request)
    {
        if (request.Labelled is not int labelled)
        {
            return data;
        }

        if (labelled > data.Train.Count)
        {
            throw new UserException(
                $"‹Labelled› is {labelled}, but {request.Name} has {data.Train.Count} training examples that are not held out. Choose at most as many, or none for all.");
        }

        if (request.Variants != 1)
        {
            throw new UserException("‹Labelled› draws photographs, whose variants would be unlabelled without need. Choose ‹Variants=1›.");
        }

        int[] order = new RandomStream(request.Seed, RandomPurpose.Labels).Permutation(data.Train.Count);
        Array.Sort(order, 0, labelled);
        Array.Sort(order, labelled, order.Length - labelled);
        SequenceDataset all = data.WithUnlabelled ?? data.Train;
        return data with { Train = data.Train.Subset(order[..labelled]), WithUnlabelled = all.Subset([.. order, .. Enumerable.Range(order.Length, all.Count - order.Length)]) };
    }

    private static DatasetSplits OpenDogs(
        DatasetRequest request, DataRoot root, IProgress<PreparationProgress>? progress, CancellationToken cancel)
    {
        PreparedImages all = Dogs("train", request, root, progress, cancel);
        PreparedImages test = Dogs("test", request with { Variants = 1 }, root, progress, cancel);

        // A photograph is held out with all its variants, and validated on as it is.
        int files = Math.Min(all.Manifest.Files, request.TrainLimit ?? int.MaxValue);
        (_, int[] held) = HoldOut.Split(files, request.ValidationFraction, request.Seed);
        HashSet<int> aside = [.. held];
        IEnumerable<int> kept = Enumerable.Range(0, Math.Min(all.Count, request.TrainLimit ?? int.MaxValue))
            .Where(row => !aside.Contains(row % all.Manifest.Files));
        return new DatasetSplits(all.Subset([.. kept]), all.Subset(held), test.Take(request.TestLimit));
    }

    private static PreparedImages Dogs(
        string split, DatasetRequest request, DataRoot root, IProgress<PreparationProgress>? progress, CancellationToken cancel)
    {
        int side = request.Side ?? throw new UserException(
            $"The photographs of {StanfordDogs.Name} have no side in common. Choose one with ‹Side›; the paper's are "
            + $"{string.Join(", ", StanfordDogs.PaperSides)}.");
        return ImagePreparation.Open(
            StanfordDogs.List(root, split, request.BoundingBox), new PreparationOptions(side, request.Variants),
            ImagePreparation.Folders(root, StanfordDogs.Name), progress, cancel).WithSilence(request.Silence);
    }

    private static (ByteImages Train, ByteImages Test) Open(DatasetRequest request, DataRoot root)
    {
        (int? side, int? train, int? test) = (request.Side, request.TrainLimit, request.TestLimit);
        switch (request.Name)
        {
            case DatasetNames.StrokeDigits:
                return (
                    StrokeDigits.Draw(train ?? StrokeDigitsTrain, side ?? StrokeDigitsSide, StrokeDigitsSeed),
                    StrokeDigits.Draw(test ?? StrokeDigitsTest, side ?? StrokeDigitsSide, StrokeDigitsSeed, StrokeDigitsFirstTest));
            case DatasetNames.Mnist or DatasetNames.PermutedMnist:
                return (Mnist.Train(root).Take(train), Mnist.Test(root).Take(test));
            case DatasetNames.Cifar10:
                (ByteImages photographs, ByteImages others) = Cifar10.Read(root);
                return (photographs.Take(train), others.Take(test));
            default:
                throw new UserException($"There is no dataset '{request.Name}'. Choose ‹Dataset› among {string.Join(", ", Names)}.");
        }
    }
}
