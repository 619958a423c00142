using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>The one place that opens datasets.</summary>
public static class DatasetCatalog
{
    /// <summary>The embedded dataset, which needs no file.</summary>
    public const string StrokeDigitsName = "stroke-digits";

    private const int ClassesToShow = 20;
    private const int ImagesToShow = 16;

    private const int StrokeDigitsTrain = 12_000;
    private const int StrokeDigitsTest = 2_000;
    private const int StrokeDigitsSide = 28;

    // The drawn digits are one dataset, the same for every run; its test images lie far behind the training images.
    private const long StrokeDigitsSeed = 2018;
    private const long StrokeDigitsFirstTest = 1L << 40;

    /// <summary>The names that can be opened.</summary>
    public static IReadOnlyList<string> Names { get; } = [StrokeDigitsName, "mnist", "pmnist", "cifar10", StanfordDogs.Name];

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

    /// <summary>Opens a dataset.</summary>
    /// <param name="request">Which one, how large and in which form.</param>
    /// <param name="root">Where its files are; not looked at for stroke-digits.</param>
    /// <param name="progress">Told of the preparation of stanford-dogs' photographs, if they need it.</param>
    /// <param name="cancel">Stops that preparation.</param>
    /// <exception cref="UserException">The name is unknown, or its files are missing or malformed.</exception>
    /// <exception cref="OperationCanceledException">The preparation was stopped.</exception>
    public static DatasetSplits Open(
        DatasetRequest request, DataRoot root, IProgress<PreparationProgress>? progress = null, CancellationToken cancel = default)
    {
        if (request.Name == StanfordDogs.Name)
        {
            return OpenDogs(request, root, progress, cancel);
        }

        if (request.BoundingBox || request.Variants != 1)
        {
            throw new UserException(
                $"--bounding-box and --variants are for {StanfordDogs.Name} alone: {request.Name} has neither boxes nor photographs to crop. Leave them out.");
        }

        (ByteImages train, ByteImages test) = Open(request, root);
        var options = new ImageSequenceOptions
        {
            Side = request.Side,
            Silence = request.Silence,
            Permuted = request.Name == "pmnist",
        };
        SequenceDataset all = ImageSequences.From(train, options);
        (int[] kept, int[] held) = HoldOut.Split(all.Count, request.ValidationFraction, request.Seed);
        return new DatasetSplits(all.Subset(kept), all.Subset(held), ImageSequences.From(test, options));
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
            $"The photographs of {StanfordDogs.Name} have no side in common. Choose one with --side; the paper's are "
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
            case StrokeDigitsName:
                return (
                    StrokeDigits.Draw(train ?? StrokeDigitsTrain, side ?? StrokeDigitsSide, StrokeDigitsSeed),
                    StrokeDigits.Draw(test ?? StrokeDigitsTest, side ?? StrokeDigitsSide, StrokeDigitsSeed, StrokeDigitsFirstTest));
            case "mnist" or "pmnist":
                return (Mnist.Train(root).Take(train), Mnist.Test(root).Take(test));
            case "cifar10":
                (ByteImages photographs, ByteImages others) = Cifar10.Read(root);
                return (photographs.Take(train), others.Take(test));
            default:
                throw new UserException($"There is no dataset '{request.Name}'. Choose --dataset among {string.Join(", ", Names)}.");
        }
    }
}
