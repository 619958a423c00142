using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Runtime.Native;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>A classifier: an encoder with a head, and the auxiliary losses that it is trained with.</summary>
/// <remarks>
/// Its weights are named <c>encoder.*</c>, <c>classifier.*</c> and then by the losses' names, <c>reconstruction.*</c> and
/// <c>prediction.*</c>, with PyTorch's names below. Further networks of a loss are <c>reconstruction1</c> …
/// </remarks>
public sealed class AuxiliaryLossModel : nn.Module
{
    private readonly FeedForward _classifier;

    /// <summary>A model with fresh weights.</summary>
    /// <param name="spec">Sizes, settings and seed.</param>
    /// <param name="features">The features F of a step.</param>
    /// <param name="classes">The number of classes C.</param>
    /// <param name="levels">The number of levels that tokens take.</param>
    /// <param name="compute">How it computes; null for every shortcut at the spec's precision.</param>
    /// <param name="parts">Encoder and losses; null for those of the kit that the spec names.</param>
    /// <exception cref="UserException">This machine does not have the precision, the parts are not those of the model's name, or a loss does not fit the encoder.</exception>
    public AuxiliaryLossModel(
        ExperimentSpec spec, int features, int classes, int levels = SequenceDataset.ByteLevels, ComputeOptions? compute = null, ModelParts? parts = null)
        : base(nameof(AuxiliaryLossModel))
    {
        NativeLibraries.Require();
        parts = parts is null ? ModelParts.Of(spec) : ModelParts.Of(spec, parts.Encoder, parts.Losses); // they are what the model's name says
        compute ??= new ComputeOptions(spec.Precision);
        Precisions.Require(compute.Precision, CPU);

        // The encoder and the classifier come first, so that models of one seed share their initial weights.
        random.manual_seed(new RandomStream(spec.Seed, RandomPurpose.Weights).NextSeed());
        var input = new InputEncoder(spec.Encoding, features, spec.EncodingSize, levels);
        Encoder = parts.Encoder.Make(new EncoderContext(input, spec.Hidden, compute, new RandomStream(spec.Seed, RandomPurpose.Weights, 1)));
        register_module("encoder", Encoder);
        var classifier = new ClassifierHead(Encoder.StateSize, classes, spec.FeedForward());
        _classifier = classifier.Layers;
        register_module("classifier", classifier);
        if (parts.Losses.Count > 0 && !Encoder.IsRecurrent)
        {
            throw new UserException($"The encoder '{parts.Encoder.Name}' is not recurrent: it has no state at an anchor that an auxiliary loss could read.");
        }

        Losses = [.. parts.Losses.Select((part, position) => new ModelLoss(part, part.Make(
            new LossContext(part.Name, Encoder, features, levels, compute, new LossRandom(spec.Seed, position)))))];
        foreach (ModelLoss loss in Losses)
        {
            foreach ((int n, nn.Module network) in loss.Loss.Networks.Index())
            {
                register_module(n == 0 ? loss.Name : $"{loss.Name}{n}", network);
            }
        }

        LstmInitialisation.Apply(this, spec.Initialisation, spec.ForgetBias, spec.ChronoSteps);
    }

    /// <summary>The main network.</summary>
    public SequenceEncoder Encoder { get; }

    /// <summary>The auxiliary losses, in the order in which they are computed; empty for none.</summary>
    public IReadOnlyList<ModelLoss> Losses { get; }

    /// <summary>The first loss of a type.</summary>
    /// <typeparam name="TLoss">The type, such as <see cref="ReconstructionLoss"/>.</typeparam>
    /// <exception cref="InvalidOperationException">The model has none.</exception>
    public TLoss Loss<TLoss>()
        where TLoss : IAuxiliaryLoss => Losses.Select(loss => loss.Loss).OfType<TLoss>().First();

    /// <summary>Moves the model to a device.</summary>
    /// <param name="device">Where to.</param>
    internal void MoveTo(Device device)
    {
        this.to(device);
        if (device.type != DeviceType.CUDA)
        {
            return;
        }

        // cuDNN wants a layer's weights side by side in memory.
        foreach (nn.Module module in modules())
        {
            (module as LSTM)?.flatten_parameters();
            (module as GRU)?.flatten_parameters();
            (module as RNN)?.flatten_parameters();
        }
    }

    /// <summary>What the losses want to be kept, by name; null for nothing.</summary>
    internal IReadOnlyDictionary<string, string>? SaveLosses()
    {
        var states = Losses.Select(loss => (loss.Name, State: loss.Loss.SaveState())).Where(one => one.State is not null)
            .ToDictionary(one => one.Name, one => one.State!);
        return states.Count == 0 ? null : states;
    }

    /// <summary>Gives the losses back what they kept.</summary>
    /// <param name="states">It, by name; null for nothing.</param>
    internal void RestoreLosses(IReadOnlyDictionary<string, string>? states)
    {
        foreach (ModelLoss loss in Losses)
        {
            if (states?.GetValueOrDefault(loss.Name) is string state)
            {
                loss.Loss.RestoreState(state);
            }
        }
    }

    /// <summary>The classes' logits from the last main state.</summary>
    /// <param name="last">The main state after the last step.</param>
    /// <param name="masks">Where masks are drawn from; null in evaluation.</param>
    /// <returns>Logits, <c>[B, C]</c>.</returns>
    public Tensor Classify(EncoderState last, Generator? masks) => _classifier.Forward(Encoder.Summary(last), masks); // [B, C]
}

/// <summary>One of a model's losses.</summary>
/// <param name="Part">Its name, weights and phases.</param>
/// <param name="Loss">It.</param>
public sealed record ModelLoss(LossPart Part, IAuxiliaryLoss Loss)
{
    /// <summary>Its name in the run.</summary>
    public string Name => Part.Name;

    /// <summary>Its weight in a phase; null where it does not count.</summary>
    /// <param name="phase">The phase.</param>
    public double? WeightIn(TrainingPhase phase) => phase switch
    {
        TrainingPhase.Pretraining when Part.Phases.HasFlag(LossPhases.Pretraining) => Part.PretrainingWeight,
        TrainingPhase.Joint when Part.Phases.HasFlag(LossPhases.Joint) => Part.Weight,
        _ => null,
    };
}
