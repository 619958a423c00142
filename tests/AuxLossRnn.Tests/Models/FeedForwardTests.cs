using AuxLossRnn.Models;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Models;

/// <summary>One hidden unit that is always 1, output weights 1 and bias 100: each output shows its own mask.</summary>
[Collection(OneAtATime.Name)]
public sealed class FeedForwardTests
{
    private const int Outputs = 4_000;
    private const double Rate = 0.25;
    private const float Kept = 100 + 1 / 0.75f;

    [Fact]
    public void DropConnect_drops_weights_but_never_the_bias_and_scales_those_it_keeps()
    {
        float[] outputs = Run(Regularisation.DropConnect, rows: 1, Masks(1));

        Assert.All(outputs.Distinct(), value => Assert.True(value is 100 || Math.Abs(value - Kept) < 1e-4, $"{value}"));

        // 1 − p of them are kept, within five standard deviations; so the expectation is that of evaluation.
        double spread = 5 * Math.Sqrt(Rate * (1 - Rate) / Outputs);
        Assert.InRange(outputs.Count(value => value > 100) / (double)Outputs, 1 - Rate - spread, 1 - Rate + spread);
        Assert.Equal(101, outputs.Average(), 2 * spread);
    }

    [Fact]
    public void DropConnect_uses_one_mask_for_all_rows_of_a_batch()
    {
        float[] outputs = Run(Regularisation.DropConnect, rows: 3, Masks(1));

        Assert.Equal(outputs[..Outputs], outputs[Outputs..(2 * Outputs)]);
        Assert.Equal(outputs[..Outputs], outputs[(2 * Outputs)..]);
    }

    [Fact]
    public void Dropout_drops_activations_of_each_row_and_scales_those_it_keeps()
    {
        float[] outputs = Run(Regularisation.Dropout, rows: 400, Masks(1));
        float[][] rows = [.. outputs.Chunk(Outputs)];

        Assert.All(rows, row => Assert.Single(row.Distinct()));
        Assert.All(rows.Select(row => row[0]).Distinct(), value => Assert.True(value is 100 || Math.Abs(value - Kept) < 1e-4, $"{value}"));
        Assert.InRange(rows.Count(row => row[0] > 100), 400 * 0.75 - 44, 400 * 0.75 + 44);
    }

    [Theory]
    [InlineData(Regularisation.DropConnect)]
    [InlineData(Regularisation.Dropout)]
    [InlineData(Regularisation.None)]
    public void Evaluation_drops_and_scales_nothing(Regularisation regularisation) =>
        Assert.Equal([101f], Run(regularisation, rows: 2, masks: null).Distinct());

    [Fact]
    public void Without_regularisation_training_drops_nothing()
    {
        Assert.Equal([101f], Run(Regularisation.None, rows: 1, Masks(1)).Distinct());
        Assert.Equal([101f], Run(Regularisation.DropConnect, rows: 1, Masks(1), rate: 0).Distinct());
    }

    [Theory]
    [InlineData(Regularisation.DropConnect)]
    [InlineData(Regularisation.Dropout)]
    public void A_mask_is_a_function_of_the_generators_seed(Regularisation regularisation)
    {
        float[] first = Run(regularisation, rows: 50, Masks(1));

        Assert.Equal(first, Run(regularisation, rows: 50, Masks(1)));
        Assert.NotEqual(first, Run(regularisation, rows: 50, Masks(2)));
    }

    [Fact]
    public void A_mask_does_not_draw_from_the_global_generator()
    {
        random.manual_seed(1);
        float expected = rand(1).item<float>();
        random.manual_seed(1);
        Run(Regularisation.DropConnect, rows: 1, Masks(7), seeded: false);

        Assert.Equal(expected, rand(1).item<float>());
    }

    [Theory]
    [InlineData(Activation.ReLU, 0f)]
    [InlineData(Activation.Tanh, -0.76159416f)]
    public void The_activation_lies_between_the_layers(Activation activation, float expected)
    {
        using var head = Head(new FeedForwardOptions(1, activation, Regularisation.None));
        Set(head, "hidden.bias", -1);
        using Tensor output = head.Layers.Forward(ones(1, 2), null);

        Assert.Equal(100 + expected, output[0, 0].item<float>(), 1e-4f);
    }

    private static Generator Masks(ulong seed) => new(seed);

    private static float[] Run(Regularisation regularisation, int rows, Generator? masks, double rate = Rate, bool seeded = true)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using ClassifierHead head = Head(new FeedForwardOptions(1, Activation.ReLU, regularisation, rate));
        if (!seeded)
        {
            random.manual_seed(1);
        }

        return head.Layers.Forward(ones(rows, 2), masks).data<float>().ToArray();
    }

    private static ClassifierHead Head(FeedForwardOptions options)
    {
        var head = new ClassifierHead(2, Outputs, options);
        Set(head, "hidden.weight", 0);
        Set(head, "hidden.bias", 1);
        Set(head, "output.weight", 1);
        Set(head, "output.bias", 100);
        return head;
    }

    private static void Set(nn.Module head, string name, double value)
    {
        using var noGradient = no_grad();
        head.named_parameters().Single(entry => entry.name == name).parameter.fill_(value);
    }
}
