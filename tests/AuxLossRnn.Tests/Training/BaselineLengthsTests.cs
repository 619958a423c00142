using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

/// <summary>Differing lengths in one batch, read by the models that the LSTM is compared with.</summary>
[Collection(OneAtATime.Name)]
public sealed class BaselineLengthsTests
{
    private const double Tolerance = 1e-10;
    private const int Steps = 9;

    /// <summary>Each recurrent kind with windows that begin at step 0 for all, some or none of the examples.</summary>
    public static TheoryData<ModelName, string> Cases { get; } = new(
        from kind in new[] { ModelName.Gru, ModelName.Irnn, ModelName.Urnn, ModelName.Transformer }
        from truncation in kind == ModelName.Transformer ? ["full"] : new[] { "full", "none", "1", "4", "99" }
        select (kind, truncation));

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_the_padding_holds_changes_no_bit(ModelName kind, string truncation)
    {
        foreach (ScalarType type in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            using TinyCase tiny = Mixed(kind, truncation, type);
            var (losses, gradients) = tiny.Run();
            double loss = Value(losses);
            SequenceBatch batch = tiny.Batch;
            SequenceBatch other = TinyCase.WithOtherPadding(batch, 3);
            var (otherLosses, otherGradients) = tiny.With(other).Run();

            Assert.False(batch.Inputs.equal(other.Inputs).all().item<bool>());
            Assert.Equal(loss, Value(otherLosses));
            Assert.All(gradients, gradient => Assert.Equal(gradient.Value, otherGradients[gradient.Key]));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_mixed_batch_has_the_gradients_of_its_examples_alone(ModelName kind, string truncation)
    {
        using TinyCase tiny = Mixed(kind, truncation, ScalarType.Float64);
        var (losses, gradients) = tiny.Run();
        SequenceBatch mixed = tiny.Batch;

        // The loss is the mean over the batch.
        double sum = 0;
        Dictionary<string, double[]> total = gradients.ToDictionary(entry => entry.Key, entry => new double[entry.Value.Length]);
        for (int b = 0; b < mixed.Size; b++)
        {
            var (part, partGradients) = tiny.With(LengthsTests.Alone(mixed, b)).Run();
            sum += Value(part) / mixed.Size;
            foreach ((string name, double[] values) in partGradients)
            {
                total[name] = [.. total[name].Zip(values, (all, value) => all + value / mixed.Size)];
            }
        }

        Assert.Equal(Value(losses), sum, Tolerance);
        Assert.Contains(gradients, gradient => gradient.Value.Any(value => Math.Abs(value) > 1e-6));
        Assert.All(gradients, gradient => Assert.All(
            gradient.Value.Zip(total[gradient.Key]), pair => Assert.Equal(pair.First, pair.Second, Tolerance)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void More_padding_after_equal_lengths_changes_nothing(ModelName kind, string truncation)
    {
        using TinyCase tiny = Mixed(kind, truncation, ScalarType.Float64, [Steps, Steps, Steps]);
        var (losses, gradients) = tiny.Run();
        double loss = Value(losses);
        SequenceBatch batch = tiny.Batch;
        tiny.With(batch with
        {
            Inputs = cat([batch.Inputs, ones_like(batch.Inputs)], 0), // [2T, B, F]
            Tokens = cat([batch.Tokens, ones_like(batch.Tokens)], 0), // [2T, B, F]
        });
        var (padded, paddedGradients) = tiny.Run();

        Assert.Equal(loss, Value(padded));
        Assert.All(gradients, gradient => Assert.Equal(gradient.Value, paddedGradients[gradient.Key]));
    }

    /// <summary>A case of differing lengths, none and all of the steps among them, whose weights have all been moved.</summary>
    private static TinyCase Mixed(ModelName kind, string truncation, ScalarType type, int[]? lengths = null)
    {
        ExperimentSpec spec = TinyCase.TinySpec with
        {
            Model = kind,
            Hidden = kind == ModelName.Transformer ? 2 * TransformerEncoder.HiddenMultiple : 4,
            Encoding = InputEncoding.Linear,
            Truncation = Truncation.Parse(truncation),
        };
        lengths ??= [4, Steps, 1, 0, 7, 4];
        var tiny = new TinyCase(spec, Steps, lengths.Length, 2, type: type, lengths: lengths);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        random.manual_seed(new RandomStream(7, RandomPurpose.Weights).NextSeed());
        foreach ((_, var weight) in tiny.Model.named_parameters())
        {
            weight.add_(randn_like(weight) * 0.3);
        }

        return tiny;
    }

    private static double Value(BatchLosses losses) => losses.Supervised!.to(ScalarType.Float64).item<double>();
}
