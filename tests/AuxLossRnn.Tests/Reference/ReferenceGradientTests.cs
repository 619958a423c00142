namespace AuxLossRnn.Tests.Reference;

/// <summary>Every gradient against central finite differences of the loss.</summary>
public sealed class ReferenceGradientTests
{
    [Theory]
    [InlineData(ReferenceInputEncoding.Raw, ReferenceTokenLoss.CrossEntropy, ReferenceDecoderInputs.TeacherForcing)]
    [InlineData(ReferenceInputEncoding.Linear, ReferenceTokenLoss.SquaredError, ReferenceDecoderInputs.TeacherForcing)]
    [InlineData(ReferenceInputEncoding.Embedding, ReferenceTokenLoss.CrossEntropy, ReferenceDecoderInputs.FirstOnly)]
    [Trait("Category", "Slow")]
    public void Untruncated_gradients_are_the_slopes_of_the_loss(
        ReferenceInputEncoding encoding, ReferenceTokenLoss loss, ReferenceDecoderInputs decoderInputs)
    {
        // Prediction always stops at its anchor; at anchor 0 there is nothing to stop.
        var example = Example(encoding, loss, decoderInputs) with { Predictions = [new(0, 0), new(1, 0)] };

        AssertSlopes(example, holdStops: false);
    }

    [Theory]
    [InlineData(0, 0, false, ReferenceInputEncoding.Raw)]
    [InlineData(3, 2, false, ReferenceInputEncoding.Embedding)]
    [InlineData(2, 1, true, ReferenceInputEncoding.Linear)]
    [InlineData(null, null, true, ReferenceInputEncoding.Linear)]
    public void Truncated_gradients_are_the_slopes_of_the_loss_with_the_stopped_values_held(
        int? truncation, int? auxiliaryTruncation, bool chunked, ReferenceInputEncoding encoding)
    {
        var example = Example(encoding, ReferenceTokenLoss.SquaredError, ReferenceDecoderInputs.FreeRunning);
        example = example with
        {
            Settings = example.Settings with
            {
                Truncation = truncation,
                AuxiliaryTruncation = auxiliaryTruncation,
                ChunkedDecoder = chunked,
            },
        };

        AssertSlopes(example, holdStops: true);
    }

    private static ReferenceExample Example(
        ReferenceInputEncoding encoding, ReferenceTokenLoss loss, ReferenceDecoderInputs decoderInputs)
    {
        var settings = new ReferenceSettings
        {
            Reconstruction = true,
            Prediction = true,
            SegmentLength = 2,
            Levels = 3,
            InputEncoding = encoding,
            TokenLoss = loss,
            DecoderInputs = decoderInputs,
        };
        return ReferenceExample.Create(settings, 5, channels: 2) with
        {
            Reconstructions = [new(0, 3, 0), new(1, 4, 2)],
            Predictions = [new(0, 2), new(1, 1)],
        };
    }

    /// <summary>Compares along every entry of every weight or, with stops held, along random directions.</summary>
    private static void AssertSlopes(ReferenceExample example, bool holdStops)
    {
        const double Step = 1e-5;
        var result = example.Run();
        var held = holdStops ? result.StoppedValues : null;
        var random = new Random(1);
        foreach (var (name, values) in example.Weights)
        {
            double[] gradient = result.Gradients[name];
            double[][] directions = holdStops
                ? [.. Enumerable.Range(0, 3).Select(_ => values.Select(_ => random.NextDouble() - 0.5).ToArray())]
                : [.. values.Select((_, i) => values.Select((_, j) => i == j ? 1.0 : 0).ToArray())];
            for (int i = 0; i < directions.Length; i++)
            {
                double slope = (Loss(directions[i], Step) - Loss(directions[i], -Step)) / (2 * Step);
                double expected = gradient.Zip(directions[i], (a, b) => a * b).Sum();
                Assert.True(Math.Abs(slope - expected) < 1e-8, $"{name}, {i}: gradient {expected}, slope {slope}");
            }

            double Loss(double[] direction, double step)
            {
                var moved = values.Zip(direction, (value, change) => value + step * change).ToArray();
                var weights = new Dictionary<string, double[]>(example.Weights) { [name] = moved };
                return (example with { Weights = weights }).Run(held).TotalLoss;
            }
        }

        // A test of gradients that are all zero would pass too.
        Assert.All(
            result.Gradients.Where(gradient => gradient.Key.EndsWith("output.weight", StringComparison.Ordinal)),
            gradient => Assert.Contains(gradient.Value, slope => Math.Abs(slope) > 1e-4));
    }
}
