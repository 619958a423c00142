namespace AuxLossRnn.Tests.Reference;

/// <summary>
/// Where gradients stop. Each step has a token of its own, so the embedding's rows that get a gradient are the steps
/// that the gradient reached.
/// </summary>
public sealed class ReferenceTruncationTests
{
    private const int Steps = 12;
    private const int Segment = 4;

    private static readonly ReferenceSettings Supervised = new()
    {
        InputEncoding = ReferenceInputEncoding.Embedding,
        Levels = Steps,
        SegmentLength = Segment,
    };

    private static readonly ReferenceSettings Reconstruction =
        Supervised with { Reconstruction = true, IncludeSupervised = false };

    private static readonly ReferenceSettings Prediction =
        Supervised with { Prediction = true, IncludeSupervised = false };

    [Theory]
    [InlineData(null, 0)]
    [InlineData(0, 12)]
    [InlineData(1, 11)]
    [InlineData(5, 7)]
    [InlineData(12, 0)]
    [InlineData(99, 0)]
    public void The_supervised_gradient_reaches_the_last_K_steps_and_is_whole_there(int? truncation, int first)
    {
        var full = Run(Supervised);
        var truncated = Run(Supervised with { Truncation = truncation });

        Assert.Equal(full.SupervisedLoss, truncated.SupervisedLoss);
        Assert.Equal(full.Gradients["classifier.hidden.weight"], truncated.Gradients["classifier.hidden.weight"]);
        Assert.Equal(Enumerable.Range(first, Steps - first), EncoderSteps(truncated));
        AssertEqualRows(full, truncated, "encoder.embedding.weight", first, Steps, 1);
        if (first == 0)
            AssertEqualGradients(full, truncated);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(0, 9)]
    [InlineData(1, 8)]
    [InlineData(6, 3)]
    [InlineData(9, 0)]
    [InlineData(99, 0)]
    public void The_reconstruction_gradient_reaches_K_steps_before_the_anchor(int? truncation, int first)
    {
        var full = Run(Reconstruction, new ReferenceSegment(0, 9, 2));
        var truncated = Run(
            Reconstruction with { AuxiliaryTruncation = truncation }, new ReferenceSegment(0, 9, 2));

        Assert.Equal(full.ReconstructionLoss, truncated.ReconstructionLoss);
        Assert.Equal(Enumerable.Range(first, 9 - first), EncoderSteps(truncated));
        AssertEqualRows(full, truncated, "encoder.embedding.weight", first, 9, 1);
        Assert.Equal([2, 3, 4, 5], DecoderSteps(truncated));
        AssertEqualRows(full, truncated, "reconstruction.embedding.weight", 0, Steps, 1);
        if (first == 0)
            AssertEqualGradients(full, truncated);
    }

    [Fact]
    public void Each_reconstruction_row_is_truncated_by_itself()
    {
        var settings = Reconstruction with { AuxiliaryTruncation = 3 };
        var early = new ReferenceSegment(0, 6, 1);
        var late = new ReferenceSegment(0, 8, 4);
        var both = Run(settings, [early, late]).Gradients;
        var first = Run(settings, early).Gradients;
        var second = Run(settings, late).Gradients;

        Assert.All(both, gradient => Assert.Equal(
            first[gradient.Key].Zip(second[gradient.Key], (a, b) => (a + b) / 2), gradient.Value, Near));
    }

    [Theory]
    [InlineData(null, false, 4)]
    [InlineData(4, true, 4)]
    [InlineData(2, false, 4)]
    [InlineData(0, true, 0)]
    [InlineData(0, false, 0)]
    public void The_prediction_gradient_reaches_from_the_anchor_to_the_last_step_read(
        int? truncation, bool chunked, int reached)
    {
        var result = Predict(
            Prediction with { AuxiliaryTruncation = truncation, ChunkedDecoder = chunked }, new ReferenceSegment(1, 5));

        Assert.Equal(Predict(Prediction, new ReferenceSegment(1, 5)).PredictionLoss, result.PredictionLoss);
        Assert.Equal(Enumerable.Range(5, reached), EncoderSteps(result));
        Assert.Contains(result.Gradients["prediction.lstm.weight_ih_l0"], slope => slope != 0);
    }

    /// <summary>Were a state not stopped between chunks, the first chunk would hear of the second one's losses.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Chunks_stop_every_state_of_the_decoders(int chunk)
    {
        var row = new ReferenceSegment(0, 6, 1);
        var reconstruction = Reconstruction with { AuxiliaryTruncation = chunk, ChunkedDecoder = true };
        var prediction = Prediction with { AuxiliaryTruncation = chunk, ChunkedDecoder = true };
        var chunked = Run(reconstruction, row);
        var first = Run(reconstruction with { SegmentLength = chunk }, row);
        double scale = (double)chunk / Segment; // the losses are means over the segments

        AssertEqualRows(first, chunked, "encoder.embedding.weight", 0, Steps, scale);
        AssertEqualRows(first, chunked, "reconstruction.embedding.weight", 1, 1 + chunk, scale);

        chunked = Predict(prediction, row);
        first = Predict(prediction with { SegmentLength = chunk }, row);
        Assert.Equal([6, 7, 8, 9], EncoderSteps(chunked));
        AssertEqualRows(first, chunked, "encoder.embedding.weight", 6, 6 + chunk, scale);

        // The check has teeth: without chunks both differ.
        Assert.ThrowsAny<Exception>(() => AssertEqualRows(
            first, Predict(Prediction, row), "encoder.embedding.weight", 6, 6 + chunk, scale));
    }

    [Fact]
    public void What_is_not_included_has_no_loss_and_no_gradient()
    {
        var settings = Supervised with { Reconstruction = true, Prediction = true };
        var all = Run(settings, [new(0, 6, 1)], [new(0, 2)]);
        var supervised = Run(settings with { IncludeAuxiliary = false }, [new(0, 6, 1)], [new(0, 2)]);
        var auxiliary = Run(settings with { IncludeSupervised = false }, [new(0, 6, 1)], [new(0, 2)]);

        Assert.Equal(
            (all.SupervisedLoss, 0, 0),
            (supervised.SupervisedLoss, supervised.ReconstructionLoss, supervised.PredictionLoss));
        Assert.Equal(
            (0, all.ReconstructionLoss, all.PredictionLoss),
            (auxiliary.SupervisedLoss, auxiliary.ReconstructionLoss, auxiliary.PredictionLoss));
        Assert.All(supervised.Gradients["reconstruction.hidden.weight"], slope => Assert.Equal(0, slope));
        Assert.All(auxiliary.Gradients["classifier.hidden.weight"], slope => Assert.Equal(0, slope));
        Assert.All(all.Gradients, gradient => Assert.Equal(
            supervised.Gradients[gradient.Key].Zip(auxiliary.Gradients[gradient.Key], (a, b) => a + b),
            gradient.Value,
            Near));
    }

    private static ReferenceResult Run(
        ReferenceSettings settings, ReferenceSegment[] reconstructions, ReferenceSegment[] predictions) =>
        (ReferenceExample.Create(settings, Steps, countingTokens: true) with
        {
            Reconstructions = reconstructions,
            Predictions = predictions,
        }).Run();

    private static ReferenceResult Run(ReferenceSettings settings, params ReferenceSegment[] reconstructions) =>
        Run(settings, reconstructions, []);

    private static ReferenceResult Predict(ReferenceSettings settings, ReferenceSegment row) =>
        Run(settings, [], [row]);

    private static int[] EncoderSteps(ReferenceResult result) =>
        ReferenceTests.RowsWithGradient(result.Gradients["encoder.embedding.weight"]);

    private static int[] DecoderSteps(ReferenceResult result) =>
        ReferenceTests.RowsWithGradient(result.Gradients["reconstruction.embedding.weight"]);

    private static void AssertEqualRows(
        ReferenceResult expected, ReferenceResult actual, string name, int from, int to, double scale) =>
        Assert.Equal(
            expected.Gradients[name][(2 * from)..(2 * to)].Select(slope => slope * scale),
            actual.Gradients[name][(2 * from)..(2 * to)],
            Near);

    private static void AssertEqualGradients(ReferenceResult expected, ReferenceResult actual) =>
        Assert.All(expected.Gradients, gradient => Assert.Equal(gradient.Value, actual.Gradients[gradient.Key], Near));

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Abs(a) + 1e-15;
}
