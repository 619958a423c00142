namespace AuxLossRnn.Tests.Reference;

public sealed class ReferenceTests
{
    private static readonly ReferenceSettings Settings =
        new() { Reconstruction = true, Prediction = true, SegmentLength = 3, Levels = 4 };

    [Fact]
    public void The_tape_differentiates_a_sum_of_products_and_functions()
    {
        var tape = new Tape();
        var x = tape.Constant(0.5);
        var y = tape.Constant(-1.5);

        tape.Backward(x * y * y + (x * 2).Log() - x.Exp() + y.Tanh() * 3 + x.Sigmoid() + y.Relu() + x.Relu());

        // y² + 1/x - eˣ + σ(1 - σ) + 1 and 2xy + 3(1 - tanh² y)
        double sigmoid = 1 / (1 + Math.Exp(-0.5));
        Assert.Equal(2.25 + 2 - Math.Exp(0.5) + sigmoid * (1 - sigmoid) + 1, x.Gradient, 12);
        Assert.Equal(-1.5 + 3 * (1 - Math.Pow(Math.Tanh(-1.5), 2)), y.Gradient, 12);
    }

    [Fact]
    public void A_stopped_number_keeps_its_value_and_hands_on_no_gradient()
    {
        var tape = new Tape();
        var x = tape.Constant(3);
        var output = x * x.Stop();

        tape.Backward(output);

        Assert.Equal(9, output.Value);
        Assert.Equal(3, x.Gradient);
        Assert.Equal([3.0], tape.StoppedValues);
    }

    /// <summary>One unit over two steps 1.0 and 0.5, worked out by hand (gates i, f, g, o).</summary>
    [Fact]
    public void The_lstm_and_the_classifier_give_numbers_worked_out_by_hand()
    {
        var weights = new Dictionary<string, double[]>
        {
            ["encoder.lstm.weight_ih_l0"] = [0.5, -0.3, 0.8, 0.1],
            ["encoder.lstm.weight_hh_l0"] = [0.2, 0.4, -0.6, 0.7],
            ["encoder.lstm.bias_ih_l0"] = [0.1, 0.2, 0.3, -0.1],
            ["encoder.lstm.bias_hh_l0"] = [0.0, 0.5, -0.2, 0.3],
            ["classifier.hidden.weight"] = [2, -1],
            ["classifier.hidden.bias"] = [-0.1, 0],
            ["classifier.output.weight"] = [3, 1, -1, 4],
            ["classifier.output.bias"] = [0.5, 0],
        };
        var tape = new Tape();
        var layers = new ReferenceLayers(tape, weights);

        var first = layers.LstmStep("encoder.lstm", 0, tape.Constants([1.0]), layers.ZeroState("encoder.lstm", 0));
        var second = layers.LstmStep("encoder.lstm", 0, tape.Constants([0.5]), first);
        var result = ReferenceMethod.Run(
            weights, new double[,,] { { { 1 } }, { { 0.5 } } }, new byte[2, 1, 1], [1], [], [], new ReferenceSettings());

        // Step 1, gates before squashing: 0.6, 0.4, 0.9, 0.3; step 2: 0.3996, 0.6493, 0.3511, 0.4238.
        Assert.Equal(0.4624822370301064, first.Cell[0].Value, 12);
        Assert.Equal(0.2482195649431506, first.Hidden[0].Value, 12);
        Assert.Equal(0.5057034513658323, second.Cell[0].Value, 12);
        Assert.Equal(0.28199866370414844, second.Hidden[0].Value, 12);

        // Hidden units 0.4640 and ReLU(-0.2820) = 0, logits 1.8920 and -0.4640.
        Assert.Equal(2.446560709952076, result.SupervisedLoss, 12);
    }

    [Fact]
    public void An_embedding_is_the_sum_of_one_row_a_channel()
    {
        var table = new Dictionary<string, double[]> { ["e.weight"] = [1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60] };
        var layers = new ReferenceLayers(new Tape(), table);

        Assert.Equal([3.0 + 50, 4.0 + 60], layers.Embedding("e", [1, 2], 3).Select(unit => unit.Value));
    }

    [Fact]
    public void Outputs_of_zero_cost_the_log_of_the_levels_or_the_mean_square_a_channel()
    {
        var example = Example(Settings, channels: 2).With(name => name.Contains(".output."), 0);
        var result = example.Run();

        Assert.Equal(Math.Log(3), result.SupervisedLoss, 12);
        Assert.Equal(2 * Math.Log(4), result.ReconstructionLoss, 12);
        Assert.Equal(2 * Math.Log(4), result.PredictionLoss, 12);

        example = Example(Settings with { TokenLoss = ReferenceTokenLoss.SquaredError }, channels: 2)
            .With(name => name.Contains(".output."), 0);
        result = example.Run();

        // The targets are the steps s+1 … s+L and a+1 … a+L.
        Assert.Equal(MeanSquare(example, example.Reconstructions, row => row.Start + 1), result.ReconstructionLoss, 12);
        Assert.Equal(MeanSquare(example, example.Predictions, row => row.Anchor + 1), result.PredictionLoss, 12);
    }

    [Theory]
    [InlineData(ReferenceTokenLoss.CrossEntropy, ReferenceInputEncoding.Raw)]
    [InlineData(ReferenceTokenLoss.CrossEntropy, ReferenceInputEncoding.Linear)]
    [InlineData(ReferenceTokenLoss.CrossEntropy, ReferenceInputEncoding.Embedding)]
    [InlineData(ReferenceTokenLoss.SquaredError, ReferenceInputEncoding.Raw)]
    [InlineData(ReferenceTokenLoss.SquaredError, ReferenceInputEncoding.Linear)]
    [InlineData(ReferenceTokenLoss.SquaredError, ReferenceInputEncoding.Embedding)]
    public void A_decoder_that_is_right_reads_the_same_whether_forced_or_free(
        ReferenceTokenLoss loss, ReferenceInputEncoding encoding)
    {
        var forced = Settings with { TokenLoss = loss, InputEncoding = encoding, Prediction = false };
        var free = forced with { DecoderInputs = ReferenceDecoderInputs.FreeRunning };
        var example = Example(forced, channels: 2);

        // Every token is level 2 of 0 … 3, and the outputs say so whatever they read.
        foreach (var row in example.Reconstructions)
        {
            for (int t = row.Start; t <= row.Start + forced.SegmentLength; t++)
            {
                for (int channel = 0; channel < 2; channel++)
                {
                    example.Tokens[t, row.Example, channel] = 2;
                    example.Inputs[t, row.Example, channel] = 2.0 / 3;
                }
            }
        }

        var outputWeights = example.Weights["reconstruction.output.weight"];
        var right = example.With(name => name == "reconstruction.output.weight", 1e-6);
        right.Weights["reconstruction.output.bias"].AsSpan().Fill(2.0 / 3);
        if (loss == ReferenceTokenLoss.CrossEntropy)
            (right.Weights["reconstruction.output.bias"][2], right.Weights["reconstruction.output.bias"][6]) = (5, 5);

        Assert.Equal(
            right.Run().Gradients["reconstruction.output.weight"],
            (right with { Settings = free }).Run().Gradients["reconstruction.output.weight"],
            (a, b) => a != 0 && Math.Abs(a - b) <= 1e-4 * Math.Abs(a));

        // With other weights it is wrong, and what it reads differs.
        var wrong = example with
        {
            Weights = new Dictionary<string, double[]>(example.Weights)
            {
                ["reconstruction.output.weight"] = outputWeights,
                ["reconstruction.output.bias"] = outputWeights[..(outputWeights.Length / 2)],
            },
        };
        Assert.NotEqual(
            wrong.Run().ReconstructionLoss, (wrong with { Settings = free }).Run().ReconstructionLoss, 6);
    }

    [Fact]
    public void A_decoder_given_the_first_step_alone_reads_zeros_afterwards()
    {
        var settings = Settings with
        {
            DecoderInputs = ReferenceDecoderInputs.FirstOnly,
            InputEncoding = ReferenceInputEncoding.Embedding,
            Levels = 8,
        };
        var example = ReferenceExample.Create(settings, 8, 1, countingTokens: true) with
        {
            Reconstructions = [new(0, 6, 2)],
            Predictions = [new(0, 1)],
        };

        Assert.Equal([2], RowsWithGradient(example.Run().Gradients["reconstruction.embedding.weight"]));
        settings = settings with { DecoderInputs = ReferenceDecoderInputs.TeacherForcing };
        var forced = example with { Settings = settings };
        Assert.Equal([2, 3, 4], RowsWithGradient(forced.Run().Gradients["reconstruction.embedding.weight"]));
    }

    [Fact]
    public void Segments_out_of_range_are_refused()
    {
        var example = Example(Settings);
        ReferenceSegment[] reconstructions = [new(0, 8, 0), new(0, 4, 2), new(0, 4, -1)];
        ReferenceSegment[] predictions = [new(0, -1), new(0, 5)];

        Assert.All(reconstructions, row =>
            Assert.Throws<ArgumentException>(() => (example with { Reconstructions = [row] }).Run()));
        Assert.All(predictions, row =>
            Assert.Throws<ArgumentException>(() => (example with { Predictions = [row] }).Run()));
        (example with { Reconstructions = [new(0, 7, 4)], Predictions = [new(0, 4)] }).Run(); // the last that fit
    }

    /// <summary>The rows of an embedding table of two columns that got a gradient.</summary>
    internal static int[] RowsWithGradient(double[] table) =>
        Enumerable.Range(0, table.Length / 2).Where(row => table[2 * row] != 0 || table[2 * row + 1] != 0).ToArray();

    private static ReferenceExample Example(ReferenceSettings settings, int channels = 1) =>
        ReferenceExample.Create(settings, 8, 2, channels) with
        {
            Reconstructions = [new(0, 5, 1), new(1, 7, 4)],
            Predictions = [new(0, 0), new(1, 4)],
        };

    private static double MeanSquare(
        ReferenceExample example, IReadOnlyList<ReferenceSegment> rows, Func<ReferenceSegment, int> first) =>
        rows.Average(row => Enumerable.Range(first(row), 3).Average(t =>
            Math.Pow(example.Inputs[t, row.Example, 0], 2) + Math.Pow(example.Inputs[t, row.Example, 1], 2)));
}
