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

    /// <summary>Opens a dataset.</summary>
    /// <param name="request">Which one, how large and in which form.</param>
    /// <param name="root">Where its files are; not looked at for stroke-digits.</param>
    /// <exception cref="UserException">The name is unknown, or its files are missing or malformed.</exception>
    public static DatasetSplits Open(DatasetRequest request, DataRoot root)
    {
        (ByteImages train, ByteImages test) = request.Name switch
        {
            StrokeDigitsName => (
                StrokeDigits.Draw(request.TrainLimit ?? StrokeDigitsTrain, request.Side ?? StrokeDigitsSide, StrokeDigitsSeed),
                StrokeDigits.Draw(
                    request.TestLimit ?? StrokeDigitsTest, request.Side ?? StrokeDigitsSide, StrokeDigitsSeed, StrokeDigitsFirstTest)),
            "mnist" or "pmnist" => (
                Mnist.Train(root).Take(request.TrainLimit), Mnist.Test(root).Take(request.TestLimit)),
            _ => throw new UserException(
                $"There is no dataset '{request.Name}'. Choose --dataset among {string.Join(", ", Names)}."),
        };
        var options = new ImageSequenceOptions
        {
            Side = request.Side, Silence = request.Silence, Permuted = request.Name == "pmnist",
        };
        SequenceDataset all = ImageSequences.From(train, options);
        (int[] kept, int[] held) = HoldOut.Split(all.Count, request.ValidationFraction, request.Seed);
        return new DatasetSplits(all.Subset(kept), all.Subset(held), ImageSequences.From(test, options));
    }
}
