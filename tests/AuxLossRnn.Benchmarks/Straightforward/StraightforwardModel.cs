using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks.Straightforward;

/// <summary>The method as one would first write it: linear encoding, DropConnect, anchors shared by a batch.</summary>
/// <remarks>Its weights have the names of the kit's, nothing else is shared with it.</remarks>
internal sealed class StraightforwardModel : nn.Module
{
    private const int Levels = 256;

    private readonly ExperimentSpec _spec;
    private readonly Network _encoder;
    private readonly Network _classifier;
    private readonly Network? _decoder, _predictor;

    /// <summary>A model with fresh weights.</summary>
    public StraightforwardModel(ExperimentSpec spec, int features, int classes)
        : base(nameof(StraightforwardModel))
    {
        (int encoding, int hidden, int wide) = (spec.EncodingSize, spec.Hidden, spec.FeedForwardHidden);
        _spec = spec;
        _encoder = new Network(("input", nn.Linear(features, encoding)), ("lstm", nn.LSTM(encoding, hidden)));
        _classifier = new Network(("hidden", nn.Linear(hidden, wide)), ("output", nn.Linear(wide, classes)));
        register_module("encoder", _encoder);
        register_module("classifier", _classifier);
        int outputs = spec.TokenLoss == TokenLoss.CrossEntropy ? features * Levels : features;
        if (spec.Reconstructs)
        {
            _decoder = new Network(
                ("input", nn.Linear(features, encoding)), ("lstm", nn.LSTM(encoding, hidden, numLayers: 2)),
                ("hidden", nn.Linear(hidden, wide)), ("output", nn.Linear(wide, outputs)));
            register_module("reconstruction", _decoder);
        }

        if (spec.Predicts)
        {
            _predictor = new Network(
                ("lstm", nn.LSTM(hidden, hidden, numLayers: 2)), ("hidden", nn.Linear(hidden, wide)), ("output", nn.Linear(wide, outputs)));
            register_module("prediction", _predictor);
        }
    }

    /// <summary>All losses together.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="supervised">Whether the supervised loss is one of them.</param>
    /// <param name="before">Anchor and first step of each segment to reconstruct.</param>
    /// <param name="after">Anchor and first step of each segment to predict.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(
        SequenceBatch batch, bool supervised, (int Anchor, int Start)[] before, (int Anchor, int Start)[] after, bool drop)
    {
        Tensor loss = zeros(1, device: batch.Inputs.device).squeeze(); // []
        if (supervised)
        {
            (Tensor last, Tensor _) = ReadTo(batch, batch.Steps, _spec.Truncation); // [1, B, H]
            Tensor classes = Head(_classifier, last[0], drop); // [B, C]
            loss += nn.functional.nll_loss(nn.functional.log_softmax(classes, 1), batch.Labels); // []
        }

        foreach ((int anchor, int start) in before)
        {
            loss += Reconstruct(batch, anchor, start, drop) * _spec.AuxiliaryWeight / before.Length; // []
        }

        foreach ((int anchor, int _) in after)
        {
            loss += Predict(batch, anchor, drop) * _spec.AuxiliaryWeight / after.Length; // []
        }

        return loss;
    }

    /// <summary>The classes' logits without a graph: the whole sequence in one call.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>Logits, <c>[B, C]</c>.</returns>
    public Tensor Classify(SequenceBatch batch)
    {
        using var noGradient = no_grad();
        (Tensor last, Tensor _) = ReadTo(batch, batch.Steps, Truncation.Full); // [1, B, H]
        return Head(_classifier, last[0], drop: false); // [B, C]
    }

    private Tensor Reconstruct(SequenceBatch batch, int anchor, int start, bool drop)
    {
        (Tensor hidden, Tensor cell) = ReadTo(batch, anchor, _spec.AuxiliaryTruncation); // [1, B, H]
        Tensor x = _decoder!.Input.call(batch.Inputs.narrow(0, start, _spec.Segment)); // [L, B, E]
        (Tensor outputs, _, _) = _decoder.Lstm.call(
            x, (cat([hidden, zeros_like(hidden)], 0), cat([cell, zeros_like(cell)], 0))); // [L, B, H]
        return TokenLosses(Head(_decoder, outputs, drop), batch, start + 1); // []
    }

    private Tensor Predict(SequenceBatch batch, int anchor, bool drop)
    {
        (Tensor hidden, Tensor cell) = ReadTo(batch, anchor, _spec.AuxiliaryTruncation); // [1, B, H]
        Tensor x = _encoder.Input.call(batch.Inputs.narrow(0, anchor, _spec.Segment)); // [L, B, E]
        (Tensor states, _, _) = _encoder.Lstm.call(x, (hidden.detach(), cell.detach())); // [L, B, H]
        (Tensor outputs, _, _) = _predictor!.Lstm.call(states); // [L, B, H]
        return TokenLosses(Head(_predictor, outputs, drop), batch, anchor + 1); // []
    }

    private Tensor TokenLosses(Tensor predictions, SequenceBatch batch, int first)
    {
        Tensor sum; // []
        if (_spec.TokenLoss == TokenLoss.CrossEntropy)
        {
            Tensor logits = predictions.reshape(-1, Levels); // [L·B·F, levels]
            Tensor targets = batch.Tokens.narrow(0, first, _spec.Segment).reshape(-1).to(ScalarType.Int64); // [L·B·F]
            sum = nn.functional.nll_loss(nn.functional.log_softmax(logits, 1), targets, reduction: nn.Reduction.Sum); // []
        }
        else
        {
            sum = nn.functional.mse_loss(predictions, batch.Inputs.narrow(0, first, _spec.Segment), nn.Reduction.Sum); // []
        }

        return sum / ((double)_spec.Segment * batch.Size); // []
    }

    /// <summary>Reads from step 0, K steps at a time and detached in between; the last K lie before the end.</summary>
    private (Tensor Hidden, Tensor Cell) ReadTo(SequenceBatch batch, int end, Truncation truncation)
    {
        int chunk = truncation.Steps ?? end;
        Tensor hidden = zeros(1, batch.Size, _spec.Hidden, device: batch.Inputs.device); // [1, B, H]
        Tensor cell = zeros(1, batch.Size, _spec.Hidden, device: batch.Inputs.device); // [1, B, H]
        for (int from = 0; from < end;)
        {
            using var scope = NewDisposeScope();
            int steps = (end - from - 1) % chunk + 1;
            Tensor x = _encoder.Input.call(batch.Inputs.narrow(0, from, steps)); // [t, B, E]
            (Tensor _, Tensor nextHidden, Tensor nextCell) = _encoder.Lstm.call(x, (hidden.detach(), cell.detach())); // [1, B, H]
            hidden.Dispose();
            cell.Dispose();
            hidden = nextHidden.MoveToOuterDisposeScope();
            cell = nextCell.MoveToOuterDisposeScope();
            from += steps;
        }

        return (hidden, cell);
    }

    private Tensor Head(Network network, Tensor x, bool drop)
    {
        Tensor hidden = nn.functional.relu(network.Hidden.call(x)); // [..., M]
        Tensor weight = nn.functional.dropout(network.Output.weight!, _spec.DropRate, drop); // [outputs, M]
        return nn.functional.linear(hidden, weight, network.Output.bias!); // [..., outputs]
    }

    /// <summary>Layers under the names that PyTorch gives their weights.</summary>
    private sealed class Network : nn.Module
    {
        private readonly Dictionary<string, nn.Module> _layers = [];

        public Network(params (string Name, nn.Module Layer)[] layers)
            : base(nameof(Network))
        {
            foreach ((string name, nn.Module layer) in layers)
            {
                register_module(name, layer);
                _layers[name] = layer;
            }
        }

        public Linear Input => (Linear)_layers["input"];

        public LSTM Lstm => (LSTM)_layers["lstm"];

        public Linear Hidden => (Linear)_layers["hidden"];

        public Linear Output => (Linear)_layers["output"];
    }
}
