using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.AuxiliaryLosses;

/// <summary>How states of any shape and size start the decoder.</summary>
[Collection(OneAtATime.Name)]
public sealed class DecoderStartTests
{
    // H = 4: the states are h and c of the LSTM, h of the GRU, 2 · 4 of the uRNN, and 4 + 2 · 3 of the MGU.
    [Theory]
    [InlineData("r-lstm", DecoderStart.Copy, null, 0, 0)]
    [InlineData("r-lstm", DecoderStart.Copy, 7, 0, 0)]
    [InlineData("r-lstm", DecoderStart.Linear, null, 0, 0)]
    [InlineData("r-lstm", DecoderStart.Linear, 3, 8, 6)]
    [InlineData("r-lstm", DecoderStart.Linear, 7, 8, 14)]
    [InlineData("r-gru", DecoderStart.Linear, null, 0, 0)]
    [InlineData("r-gru", DecoderStart.Linear, 3, 4, 6)]
    [InlineData("r-urnn", DecoderStart.Linear, null, 0, 0)]
    [InlineData("r-urnn", DecoderStart.Linear, 4, 8, 8)]
    [InlineData("r-mgu", DecoderStart.Copy, 6, 0, 0)]
    [InlineData("r-mgu", DecoderStart.Linear, null, 10, 8)]
    [InlineData("r-mgu", DecoderStart.Linear, 2, 10, 4)]
    [InlineData("p-gru", DecoderStart.Linear, 3, 0, 0)]
    public void A_map_has_weights_where_the_sizes_differ_and_only_there(ModelName model, DecoderStart start, int? hidden, int inputs, int outputs)
    {
        ExperimentSpec spec = TinyRun.Spec with
        {
            Model = model,
            DecoderStart = start,
            AuxiliaryHidden = hidden,
            Truncation = Truncation.Full,
            AuxiliaryTruncation = Truncation.Full,
        };
        using var trainer = new Trainer(spec, TinyRun.Data, parts: Parts(spec));
        var weights = trainer.Model.named_parameters().Where(entry => entry.name.Contains(".start.", StringComparison.Ordinal))
            .ToDictionary(entry => entry.name, entry => entry.parameter);

        Assert.Equal(inputs == 0 ? [] : ["reconstruction.start.bias", "reconstruction.start.weight"], weights.Keys.Order());
        if (inputs > 0)
        {
            Assert.Equal([outputs, inputs], weights["reconstruction.start.weight"].shape);
        }

        var before = TinyRun.Weights(trainer.Model);
        Assert.Equal(RunStatus.Finished, trainer.Run().Status);
        Assert.All(TinyRun.Weights(trainer.Model), weight => Assert.NotEqual(before[weight.Key], weight.Value));
    }

    [Theory]
    [InlineData("r-mgu", null, "4 + 6", 6)]
    [InlineData("r-mgu", 5, "4 + 6", 6)]
    [InlineData("r-urnn", 7, "8", 8)]
    [InlineData("r-wide", 9, "4 + 4 + 4", 4)]
    public void A_copy_that_does_not_fit_is_refused_with_advice(ModelName model, int? hidden, string sizes, int least)
    {
        ExperimentSpec spec = TinyRun.Spec with { Model = model, AuxiliaryHidden = hidden };
        string message = Assert.Throws<UserException>(() => new Trainer(spec, TinyRun.Data, parts: Parts(spec))).Message;

        Assert.Contains($"has {sizes} numbers, which cannot be copied to the hidden and the cell state of a decoder of {hidden ?? 4}", message);
        Assert.Contains("Choose DecoderStart = Linear, or AuxiliaryHidden of at least " + least, message);

        // The advice helps.
        ExperimentSpec linear = spec with { DecoderStart = DecoderStart.Linear };
        using var trainer = new Trainer(linear, TinyRun.Data, parts: Parts(linear));
        Assert.Equal(RunStatus.Finished, trainer.Run().Status);
    }

    [Theory]
    [InlineData("r-gru", DecoderStart.Copy, null)]
    [InlineData("r-gru", DecoderStart.Copy, 6)]
    [InlineData("r-mgu", DecoderStart.Copy, 6)]
    [InlineData("r-mgu", DecoderStart.Linear, 2)]
    [InlineData("r-lstm", DecoderStart.Linear, 2)]
    public void The_decoder_starts_as_it_is_written(ModelName model, DecoderStart start, int? hidden)
    {
        ExperimentSpec spec = TinyCase.TinySpec with
        {
            Model = model,
            DecoderStart = start,
            AuxiliaryHidden = hidden,
            TokenLoss = TokenLoss.SquaredError,
            Segment = 1,
        };
        using var tiny = new TinyCase(spec, 9, 1, 1, parts: Parts(spec)).Move();
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        SequenceBatch batch = tiny.Batch;
        EncoderState state = tiny.Model.Encoder.Read(
            batch.Inputs.narrow(0, 0, 5), batch.Tokens.narrow(0, 0, 5), tiny.Model.Encoder.InitialState(1), ReadResult.State).State;
        double loss = tiny.Model.Reconstruction[0].SumOfLosses(batch, [new Segment(0, 5, 2)], 1, state, null, null).item<double>();

        var weights = tiny.Model.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        Tensor Weight(string name) => weights[$"reconstruction.{name}"];
        Tensor[] parts = [.. state.Parts.Select(part => part.reshape(-1))];
        int size = (int)Weight("lstm.weight_hh_l0").shape[1];
        Tensor h, c; // [H']
        if (start == DecoderStart.Linear)
        {
            Tensor mapped = Weight("start.weight").mv(cat(parts)) + Weight("start.bias"); // [2H']
            (h, c) = (mapped[..size], mapped[size..]);
        }
        else
        {
            Tensor Padded(Tensor part) => cat([part, zeros(size - part.numel(), ScalarType.Float64)]);
            (h, c) = (Padded(parts[0]), Padded(parts[^1]));
        }

        (h, c) = Step(0, batch.Inputs[2, 0], h, c);
        (h, _) = Step(1, h, zeros(size, ScalarType.Float64), zeros(size, ScalarType.Float64));
        Tensor predicted = Weight("output.weight").mv((Weight("hidden.weight").mv(h) + Weight("hidden.bias")).relu()) + Weight("output.bias"); // [F]
        Assert.Equal((predicted - batch.Inputs[3, 0]).square().sum().item<double>(), loss, 1e-10);

        (Tensor H, Tensor C) Step(int layer, Tensor x, Tensor before, Tensor cell)
        {
            Tensor[] gates = (Weight($"lstm.weight_ih_l{layer}").mv(x) + Weight($"lstm.bias_ih_l{layer}")
                + Weight($"lstm.weight_hh_l{layer}").mv(before) + Weight($"lstm.bias_hh_l{layer}")).chunk(4); // i, f, g, o
            Tensor next = gates[1].sigmoid() * cell + gates[0].sigmoid() * gates[2].tanh();
            return (gates[3].sigmoid() * next.tanh(), next);
        }
    }

    private static ModelParts Parts(ExperimentSpec spec) => spec.Model.Encoder switch
    {
        "mgu" => ModelParts.Of(spec, MguEncoder.Part),
        "wide" => ModelParts.Of(spec, new EncoderPart("wide", context => new WideEncoder(context.Input, context.Hidden))),
        _ => ModelParts.Of(spec),
    };

    /// <summary>A state of three tensors.</summary>
    private sealed class WideEncoder : SequenceEncoder
    {
        private readonly Linear _next;

        public WideEncoder(InputEncoder input, int hidden)
            : base(nameof(WideEncoder), input, hidden)
        {
            _next = nn.Linear(input.Size + hidden, hidden);
            register_module("next", _next);
        }

        public override EncoderState InitialState(long batch) => new([.. Enumerable.Range(0, 3).Select(_ => base.InitialState(batch)[0])]);

        public override (Tensor? Outputs, EncoderState State) Read(Tensor inputs, Tensor tokens, EncoderState state, ReadResult result)
        {
            Tensor x = Input.Encode(inputs, tokens); // [t, B, E]
            for (int t = 0; t < x.shape[0]; t++)
            {
                state = new EncoderState(_next.call(cat([x[t], state[0][0]], 1)).tanh().unsqueeze(0), state[0], state[1]);
            }

            return (null, state);
        }
    }
}
