using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>A classifier, an LSTM with the auxiliary networks that its spec asks for or one of the models it is compared with.</summary>
/// <remarks>
/// Its weights are named <c>encoder.*</c>, <c>classifier.*</c>, <c>reconstruction.*</c> and <c>prediction.*</c>, with
/// PyTorch's names below. Networks that are not shared between anchors are <c>reconstruction</c>, <c>reconstruction1</c> …
/// </remarks>
public sealed class AuxiliaryLossModel : nn.Module
{
    private readonly FeedForward _classifier;

    /// <summary>A model with fresh weights.</summary>
    /// <param name="spec">Kind, sizes and seed.</param>
    /// <param name="features">The features F of a step.</param>
    /// <param name="classes">The number of classes C.</param>
    /// <param name="levels">The number of levels that tokens take.</param>
    /// <param name="compute">How it computes; null for every shortcut at the spec's precision.</param>
    /// <exception cref="UserException">This machine does not have the precision.</exception>
    public AuxiliaryLossModel(
        ExperimentSpec spec, int features, int classes, int levels = SequenceDataset.ByteLevels, ComputeOptions? compute = null)
        : base(nameof(AuxiliaryLossModel))
    {
        // The encoder and the classifier come first, so that models of one seed share their initial weights.
        random.manual_seed(new RandomStream(spec.Seed, RandomPurpose.Weights).NextSeed());
        var feedForward = new FeedForwardOptions(spec.FeedForwardHidden, spec.Activation, spec.Regularisation, spec.DropRate);
        compute ??= new ComputeOptions(spec.Precision);
        Precisions.Require(compute.Precision, CPU);
        var input = new InputEncoder(spec.Encoding, features, spec.EncodingSize, levels);
        Encoder = spec.Model switch
        {
            ModelKind.Gru => new GruEncoder(input, spec.Hidden),
            ModelKind.Irnn => new IrnnEncoder(input, spec.Hidden),
            ModelKind.Urnn => new UrnnEncoder(input, spec.Hidden, new RandomStream(spec.Seed, RandomPurpose.Weights, 1)),
            ModelKind.Transformer => new TransformerEncoder(input, spec.Hidden),
            _ => new LstmEncoder(input, spec.Hidden, compute),
        };
        register_module("encoder", Encoder);
        var classifier = new ClassifierHead(Encoder.StateSize, classes, feedForward);
        _classifier = classifier.Layers;
        register_module("classifier", classifier);

        var options = new AuxiliaryNetworkOptions(
            spec.AuxiliaryHidden ?? spec.Hidden, spec.Encoding, spec.EncodingSize, levels, spec.TokenLoss,
            spec.DecoderInputs, spec.SegmentTruncation, feedForward, compute);
        int networks = spec.SharedAuxiliaryNetwork ? 1 : spec.Anchors;
        Reconstruction = spec.Reconstructs ? Make("reconstruction", networks, () => new ReconstructionDecoder(features, options)) : [];
        Prediction = spec.Predicts ? Make("prediction", networks, () => new PredictionNetwork(spec.Hidden, features, options)) : [];
        LstmInitialisation.Apply(this, spec.Initialisation, spec.ForgetBias);
    }

    /// <summary>The main network.</summary>
    public SequenceEncoder Encoder { get; }

    /// <summary>The reconstruction decoders: none, one, or one an anchor.</summary>
    public IReadOnlyList<ReconstructionDecoder> Reconstruction { get; }

    /// <summary>The prediction networks: none, one, or one an anchor.</summary>
    public IReadOnlyList<PredictionNetwork> Prediction { get; }

    /// <summary>The classes' logits from the last main state.</summary>
    /// <param name="last">The main state after the last step.</param>
    /// <param name="masks">Where masks are drawn from; null in evaluation.</param>
    /// <returns>Logits, <c>[B, C]</c>.</returns>
    public Tensor Classify(LstmState last, Generator? masks) => _classifier.Forward(last.Hidden[-1], masks);

    private List<TNetwork> Make<TNetwork>(string name, int count, Func<TNetwork> make)
        where TNetwork : nn.Module
    {
        var networks = new List<TNetwork>();
        for (int n = 0; n < count; n++)
        {
            networks.Add(make());
            register_module(n == 0 ? name : $"{name}{n}", networks[n]);
        }

        return networks;
    }
}
