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

    /// <summary>The names that can be opened.</summary>
    public static IReadOnlyList<string> Names { get; } = [StrokeDigitsName, "mnist", "pmnist"];

    /// <summary>Some training images of a dataset, to look at.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="side">The side in pixels; null for the images' own.</param>
    /// <param name="root">Where its files are.</param>
    /// <exception cref="UserException">The name is unknown, or its files are missing or malformed.</exception>
    public static ByteImages Images(string name, int? side, DataRoot root)
    {
        ByteImages images = Open(name, side, 2_000, 1, root).Train;
        return side is int smaller ? AveragePooling.Resize(images, smaller) : images;
    }

    /// <summary>Opens a dataset.</summary>
    /// <param name="request">Which one, how large and in which form.</param>
    /// <param name="root">Where its files are; not looked at for stroke-digits.</param>
    /// <exception cref="UserException">The name is unknown, or its files are missing or malformed.</exception>
    public static DatasetSplits Open(DatasetRequest request, DataRoot root)
    {
        (ByteImages train, ByteImages test) = Open(request.Name, request.Side, request.TrainLimit, request.TestLimit, root);
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

    private static (ByteImages Train, ByteImages Test) Open(string name, int? side, int? train, int? test, DataRoot root) => name switch
    {
        StrokeDigitsName => (
            StrokeDigits.Draw(train ?? StrokeDigitsTrain, side ?? StrokeDigitsSide, StrokeDigitsSeed),
            StrokeDigits.Draw(test ?? StrokeDigitsTest, side ?? StrokeDigitsSide, StrokeDigitsSeed, StrokeDigitsFirstTest)),
        "mnist" or "pmnist" => (Mnist.Train(root).Take(train), Mnist.Test(root).Take(test)),
        _ => throw new UserException($"There is no dataset '{name}'. Choose --dataset among {string.Join(", ", Names)}."),
    };
}
