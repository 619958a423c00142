using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Specs;

/// <summary>What a spec's model is made of: an encoder and any number of auxiliary losses, the kit's or one's own.</summary>
/// <param name="Encoder">The encoder.</param>
/// <param name="Losses">The losses, in the order of the model's name.</param>
public sealed record ModelParts(EncoderPart Encoder, IReadOnlyList<LossPart> Losses)
{
    /// <summary>The parts that a spec's model names, those of one's own where they are given and the kit's elsewhere.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="encoder">An encoder of one's own, if the model names it.</param>
    /// <param name="losses">Losses of one's own, all of which the model names.</param>
    /// <exception cref="UserException">The model names a part that is neither given nor the kit's, or does not name one that is given.</exception>
    public static ModelParts Of(ExperimentSpec spec, EncoderPart? encoder = null, params IReadOnlyList<LossPart> losses)
    {
        ModelName model = spec.Model;
        if (encoder is not null && encoder.Name != model.Encoder)
        {
            throw Unnamed(model, "encoder", encoder.Name, ModelName.Of(encoder.Name, model.Losses));
        }

        if (losses.FirstOrDefault(loss => !model.Losses.Contains(loss.Name)) is LossPart other)
        {
            throw Unnamed(model, "loss", other.Name, ModelName.Of(model.Encoder, [.. model.Losses, other.Name]));
        }

        return new ModelParts(
            encoder ?? Encoders.All.FirstOrDefault(part => part.Name == model.Encoder) ?? throw new UserException(
                $"The model '{model}' has the encoder '{model.Encoder}', which is none of the kit's ({string.Join(", ", Encoders.All.Select(part => part.Name))}). "
                + "Choose one of these, or hand yours to the trainer: ModelParts.Of(spec, encoder)."),
            [.. model.Losses.Select(name => losses.FirstOrDefault(part => part.Name == name) ?? Kits(spec, name))]);
    }

    /// <summary>The paper's reconstruction of what came before random anchors, with the settings of a spec.</summary>
    /// <param name="spec">Segments, truncation, network and weight.</param>
    /// <param name="name">Its name in the run.</param>
    public static LossPart Reconstruction(ExperimentSpec spec, string name = ModelName.Reconstruction) =>
        new(name, context => new ReconstructionLoss(context, Options(spec, context))) { Weight = spec.AuxiliaryWeight };

    /// <summary>The paper's prediction of what comes after random anchors, with the settings of a spec.</summary>
    /// <param name="spec">Segments, truncation, network and weight.</param>
    /// <param name="name">Its name in the run.</param>
    public static LossPart Prediction(ExperimentSpec spec, string name = ModelName.Prediction) =>
        new(name, context => new PredictionLoss(context, Options(spec, context))) { Weight = spec.AuxiliaryWeight };

    private static LossPart Kits(ExperimentSpec spec, string name) => name switch
    {
        ModelName.Reconstruction => Reconstruction(spec),
        ModelName.Prediction => Prediction(spec),
        _ => throw new UserException(
            $"The model '{spec.Model}' has the loss '{name}', which is none of the kit's (r, p). Hand yours to the trainer: ModelParts.Of(spec, null, loss)."),
    };

    private static SegmentLossOptions Options(ExperimentSpec spec, LossContext context) => new(
        spec.Anchors, spec.Segment, spec.AnchorSchedule, spec.SegmentPlacement, spec.AuxiliaryTruncation, spec.SharedAuxiliaryNetwork,
        new AuxiliaryNetworkOptions(
            spec.AuxiliaryHidden ?? context.Encoder.StateSize, spec.Encoding, spec.EncodingSize, context.Levels, spec.TokenLoss,
            spec.DecoderInputs, spec.DecoderStart, spec.SegmentTruncation, spec.FeedForward(), context.Compute));

    private static UserException Unnamed(ModelName model, string kind, string name, ModelName right) => new(
        $"The {kind} '{name}' is handed to the trainer, but the spec's model is '{model}'. Say so there, for the run's records: spec with {{ Model = \"{right}\" }}.");
}
