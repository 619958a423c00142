using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Figures;

namespace AuxLossRnn.Experiments.Tests.Figures;

/// <summary>One figure of each kind, with numbers made up for it.</summary>
internal static class SampleFigures
{
    private static readonly double[] Steps = [0, 500, 1000, 1500, 2000];
    private static readonly double[] Lengths = [196, 784, 3136, 12544];

    public static IFigureBuilder Builder => AuxLossRnn.Figures.Figures.Default;

    public static TrainingCurves Run { get; } = new(
        "r-lstm",
        new Series("", "r-lstm", Steps, [2.3, 1.9, 1.2, 0.8, 0.6]),
        [
            new Series("reconstruction loss", "r-lstm", Steps, [0.2, 0.1, 0.05, 0.03, 0.02]),
            new Series("prediction loss", "r-lstm", Steps, [0.3, 0.2, 0.15, 0.08, 0.06]),
        ],
        new Series("", "r-lstm", Steps, [11, 30, 52, 66, 71]),
        new Series("", "r-lstm", Steps, [10, 28, 50, 65, 70.5]),
        "step 2,000 of 7,500, 1:20 left");

    public static Figure LearningCurves() => Builder.LearningCurves(
        [
            new Series("LSTM", "lstm", Steps, [10, 11, 11.3, 12, 11]),
            new Series("LSTM", "lstm", Steps, [9, 12, 13, 12.5, 14]),
            new Series("r-LSTM", "r-lstm", Steps, [10, 30, 50, 62, 66]),
            new Series("r-LSTM", "r-lstm", Steps, [11, 26, 45, 58, 69]),
            new Series("r-LSTM, bfloat16", "r-lstm", Steps, [11, 24, 40, 55, 61]),
            new Series("p-LSTM", "p-lstm", Steps, [10, 18, 33, 41, double.NaN]),
            new Series("rp-LSTM", "rp-lstm", Steps, [10, 21, 43, 50, 57]),
            new Series("GRU", "gru", Steps, [10, 14, 17, 22, 30]),
            new Series("IRNN", "irnn", Steps, [10, 15, 21, 28, 35]),
            new Series("uRNN", "urnn", Steps, [10, 13, 20, 31, 39]),
            new Series("Transformer", "transformer", Steps, [10, 35, 60, 71, 78]),
        ],
        "Digits of 7 × 7 pixels & <12> blank steps");

    public static Figure AgainstPublished() => Builder.AgainstPublished(
        [
            new PublishedComparison("LSTM", "lstm", 98.3, 'P', [97.1, 97.9, 97.4]),
            new PublishedComparison("LSTM, last 300", "lstm", 11.3, 'P', [11.3, 14.2]),
            new PublishedComparison("r-LSTM, last 300", "r-lstm", 96.4, 'P', [94.8]),
            new PublishedComparison("p-LSTM, last 300", "p-lstm", 95.4, 'N', []),
            new PublishedComparison("rp-LSTM, last 300", "rp-lstm", null, null, [95.0, 96.2]),
        ],
        "MNIST, 784 steps");

    public static Figure Points() => Builder.Points(
        [
            ("MNIST & more",
            [
                new PointSeries("LSTM", "lstm", [("none", SeedStatistics.Of([20, 24, 22])), ("1", SeedStatistics.Of([50, 53, 55])), ("full", SeedStatistics.Of([98, 97.5, 98.2]))]),
                new PointSeries("r-LSTM", "r-lstm", [("none", SeedStatistics.Of([60, 62, 61])), ("1", SeedStatistics.Of([70, 74, 72])), ("full", SeedStatistics.Of([89]))]),
            ]),
            ("CIFAR10", [new PointSeries("LSTM", "lstm", [("none", SeedStatistics.Of([20, 21, 22]))])]),
        ],
        "Two <panels>", "steps that a label's gradient goes back");

    public static Figure Differences() => Builder.Differences(
        [
            ("no gap & more", Difference([-3, -4, -3.5])),
            ("<Dropout> instead of DropConnect", Difference([2, -1, 1])),
            ("one seed", Difference([5])),
            ("none", Difference([])),
            ("segment of 90", Difference([6, 7, 8])),
        ],
        "What each <factor> does");

    private static PairedDifference Difference(double[] points) => new("factor", "a", "b", new Dictionary<string, string>(), SeedStatistics.Of(points));

    public static Figure AccuracyByLength() => Builder.AccuracyByLength(
        [
            new Series("LSTM", "lstm", Lengths, [97, 60, 11, 10]),
            new Series("r-LSTM", "r-lstm", Lengths, [97, 95, 90, 84]),
        ],
        "Accuracy by length");

    public static Figure GradientNorms() => Builder.GradientNorms(
        [
            new Series("LSTM", "lstm", [.. Enumerable.Range(0, 61).Select(t => (double)t)], [.. Enumerable.Range(0, 61).Select(t => Math.Exp((t - 60) / 4.0))]),
            new Series("r-LSTM", "r-lstm", [.. Enumerable.Range(0, 61).Select(t => (double)t)], [.. Enumerable.Range(0, 61).Select(t => t < 8 ? 0 : 0.02 + Math.Exp((t - 60) / 4.0))]),
        ],
        "Gradient of the loss by time step");

    public static Figure Costs() => Builder.Costs(
        [
            new CostSeries("LSTM", "lstm", Lengths, [200, 810, 3300, 13000], [150, 420, 1500, 5800]),
            new CostSeries("r-LSTM, last 300", "r-lstm", Lengths, [230, 500, 900, 2300], [160, 260, 300, 410]),
        ],
        "A step of 128 sequences on two cores");

    public static Figure Reconstruction(int anchor = 33)
    {
        double[] image = [.. Enumerable.Range(0, 49).Select(i => Math.Max(0, 1 - Math.Abs(i % 7 - 3) / 2.0) * (i / 7 is > 0 and < 6 ? 1 : 0))];
        return Builder.Reconstruction(
            new ReconstructionExample(7, image, 17, [.. image[17..33].Select((level, i) => Math.Clamp(0.8 * level + 0.1 * (i % 3), 0, 1))], anchor), "A drawn digit");
    }

    public static Figure Sequences()
    {
        IReadOnlyList<IReadOnlyList<double>> Waves(int count, double height, int from = 0) => [.. Enumerable.Range(from, count)
            .Select(t => (IReadOnlyList<double>)[height * Math.Sin(t / 4.0), Math.Cos(t / 3.0), t == 7 ? double.NaN : t / 30.0])];
        return Builder.Sequences(
            [
                new SequencePanel("walk & <run>", [new SequenceCurves("as read", Waves(30, 1)), new SequenceCurves("reconstructed", Waves(12, 0.8, from: 18), 18)]),
                new SequencePanel("rest", [new SequenceCurves("as read", Waves(22, 0.2))]),
            ],
            "Two sequences with three channels", ["x", "y<z", "z"], mark: (22, "the class's gradient begins"));
    }

    public static Figure Confusion() => Builder.Confusion(
        [.. Enumerable.Range(0, 10).Select(i => (IReadOnlyList<int>)[.. Enumerable.Range(0, 10).Select(j => i == j ? 80 + i : (i * 7 + j * 3) % 5)])],
        "r-LSTM on the test digits");

    public static Figure Training() => Builder.Training(Run);

    /// <summary>Every figure by its name.</summary>
    public static IReadOnlyDictionary<string, Func<Figure>> All { get; } = new Dictionary<string, Func<Figure>>
    {
        ["learning-curves"] = LearningCurves,
        ["against-published"] = AgainstPublished,
        ["accuracy-by-length"] = AccuracyByLength,
        ["points"] = Points,
        ["differences"] = Differences,
        ["gradient-norms"] = GradientNorms,
        ["costs"] = Costs,
        ["reconstruction"] = () => Reconstruction(),
        ["sequences"] = Sequences,
        ["confusion"] = Confusion,
        ["training"] = Training,
    };
}
