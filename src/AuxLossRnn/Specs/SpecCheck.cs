using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Specs;

/// <summary>Finds what cannot work in a spec, before anything is trained.</summary>
public static class SpecCheck
{
    private const double MostUnlabelled = 100; // times the labelled ones of a batch

    private const int MostSilence = 1_000_000; // some sixty times the paper's longest sequence

    /// <summary>Checks a spec, alone and against the data it is to be trained on.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="data">The training set.</param>
    /// <exception cref="UserException">Something cannot work; the message says what, and what to change.</exception>
    public static void Throw(ExperimentSpec spec, SequenceDataset data)
    {
        Throw(spec);
        if (data.HasSymbols && spec.Encoding != InputEncoding.Embedding)
        {
            throw new UserException(
                $"The characters of {spec.Dataset} are symbols and not amounts, which the {spec.Encoding.ToString().ToLowerInvariant()} encoding "
                + "would take them for. Choose ‹Encoding=Embedding›.");
        }

        if (data.HasSymbols && spec.HasSegments && spec.TokenLoss != TokenLoss.CrossEntropy)
        {
            throw new UserException(
                $"The characters of {spec.Dataset} are symbols and not amounts, so they have no squared error. Choose ‹TokenLoss=CrossEntropy›.");
        }

        if (data.Format is SequenceFormat own)
        {
            ThrowUnlessNamedForOwnData(spec, own);
            if (own.Preparation.Scaling is not (ChannelScaling.Unit or ChannelScaling.Quantiles)
                && (spec.Encoding == InputEncoding.Embedding || (spec.HasSegments && spec.TokenLoss == TokenLoss.CrossEntropy)))
            {
                throw new UserException(
                    $"The channels of {own.Source} are scaled by {own.Preparation.Scaling}, but embeddings and cross-entropy read levels of [0, 1]. "
                    + "Choose ‹Scaling=Unit› or ‹Scaling=Quantiles›, or ‹TokenLoss=SquaredError› and another ‹Encoding›.");
            }
        }

        if (spec.HasSegments && data.Steps < 2)
        {
            throw new UserException(
                $"The sequences of {spec.Dataset} have one step each: there is nothing to reconstruct or to predict. Choose ‹Model=lstm›, or "
                + "give sequences of at least 2 steps.");
        }

        if (spec.HasSegments && spec.Segment >= data.Steps)
        {
            throw new UserException(
                $"A segment of {spec.Segment} steps does not fit sequences of {data.Steps} steps of {spec.Dataset}: it needs one step "
                + $"more for its last target. Choose ‹Segment› between 1 and {data.Steps - 1}.");
        }

        if (data.Count < spec.Batch)
        {
            throw new UserException(
                $"There are {data.Count} training examples, fewer than one batch of {spec.Batch}. "
                + $"Choose a smaller ‹Batch› or {(spec.Labelled is not null ? "a larger ‹Labelled›" : data.Format is not null ? "give more sequences" : "a larger ‹TrainLimit›")}.");
        }
    }

    /// <summary>Checks a spec alone.</summary>
    /// <param name="spec">The spec.</param>
    /// <exception cref="UserException">Something cannot work.</exception>
    public static void Throw(ExperimentSpec spec)
    {
        Require(spec.Files is null or { DataFile: not null }, nameof(SequenceFiles.DataFile), "not given", "the file that the other settings of files are of");
        Require(spec.Files is null or { Channels: > 0 }, nameof(SequenceFiles.Channels), $"{spec.Files?.Channels}", "a whole number above 0");
        Positive(spec.Batch, nameof(spec.Batch));
        Positive(spec.Hidden, nameof(spec.Hidden));
        Positive(spec.EncodingSize, nameof(spec.EncodingSize));
        Positive(spec.FeedForwardHidden, nameof(spec.FeedForwardHidden));
        Positive(spec.Anchors, nameof(spec.Anchors));
        Positive(spec.Segment, nameof(spec.Segment));
        Positive(spec.Steps ?? 1, nameof(spec.Steps));
        Positive(spec.TrainLimit ?? 1, nameof(spec.TrainLimit));
        Positive(spec.Labelled ?? 1, nameof(spec.Labelled));
        Require(
            spec.UnlabelledShare is null or (>= 0 and <= MostUnlabelled), nameof(spec.UnlabelledShare), $"{spec.UnlabelledShare}",
            $"none, or a number from 0 to {MostUnlabelled}");
        Positive(spec.TestLimit ?? 1, nameof(spec.TestLimit));
        Positive(spec.Side ?? 1, nameof(spec.Side));
        Positive(spec.Variants, nameof(spec.Variants));
        Positive(spec.MaxLength ?? 1, nameof(spec.MaxLength));
        Positive(spec.EvaluateEvery ?? 1, nameof(spec.EvaluateEvery));
        Positive(spec.CheckpointEvery ?? 1, nameof(spec.CheckpointEvery));
        Positive(spec.EvaluateTrain ?? 1, nameof(spec.EvaluateTrain));
        Require(spec.Silence is >= 0 and <= MostSilence, nameof(spec.Silence), $"{spec.Silence}", $"a number of steps from 0 to {MostSilence}");
        Require(
            spec.LearningRate > 0 && float.IsFinite((float)spec.LearningRate), nameof(spec.LearningRate), $"{spec.LearningRate}",
            "a number above 0 that a 32-bit float can hold");
        Require(spec.DropRate is >= 0 and < 1, nameof(spec.DropRate), $"{spec.DropRate}", "at least 0 and below 1");
        Require(spec.ValidationFraction is >= 0 and < 1, nameof(spec.ValidationFraction), $"{spec.ValidationFraction}", "at least 0 and below 1");
        Require(spec.PretrainEpochs >= 0, nameof(spec.PretrainEpochs), $"{spec.PretrainEpochs}", "a number from 0 on");
        Require(spec.Epochs >= 0, nameof(spec.Epochs), $"{spec.Epochs}", "a number from 0 on");
        Require(spec.HalvingEpochs > 0, nameof(spec.HalvingEpochs), $"{spec.HalvingEpochs}", "a number above 0");
        Require(spec.ClipNorm is null or > 0, nameof(spec.ClipNorm), $"{spec.ClipNorm}", "a number above 0");
        Require(spec.AuxiliaryWeight >= 0, nameof(spec.AuxiliaryWeight), $"{spec.AuxiliaryWeight}", "a number from 0 on");
        Require(spec.RmsPropAlpha is >= 0 and < 1, nameof(spec.RmsPropAlpha), $"{spec.RmsPropAlpha}", "at least 0 and below 1");
        Require(spec.Epsilon >= 0 && double.IsFinite(spec.Epsilon), nameof(spec.Epsilon), $"{spec.Epsilon}", "a number from 0 on");
        Require(spec.WeightDecay >= 0 && double.IsFinite(spec.WeightDecay), nameof(spec.WeightDecay), $"{spec.WeightDecay}", "a number from 0 on");
        Require(double.IsFinite(spec.ForgetBias), nameof(spec.ForgetBias), $"{spec.ForgetBias}", "a number");
        Require(spec.ChronoSteps is null or > 2, nameof(spec.ChronoSteps), $"{spec.ChronoSteps}", "a whole number above 2");
        Require(
            spec.AuxiliaryHidden is null || spec.AuxiliaryHidden >= spec.Hidden || spec.DecoderStart == DecoderStart.Linear, nameof(spec.AuxiliaryHidden),
            $"{spec.AuxiliaryHidden}", $"at least the main network's {spec.Hidden}, because the decoder starts from a copy of its state");
        Require(spec.AuxiliaryHidden is null or > 0, nameof(spec.AuxiliaryHidden), $"{spec.AuxiliaryHidden}", "a whole number above 0");
        Require(
            spec.Precision == Precision.Float32 || spec.Model.Encoder == ModelName.Lstm.Encoder, nameof(spec.Precision), "bfloat16",
            $"float32 with ‹Model={spec.Model}›: the kit computes LSTMs alone in bfloat16");
        if (spec.Model.Encoder == ModelName.Transformer.Encoder)
        {
            Require(
                spec.Truncation == Truncation.Full, nameof(spec.Truncation), $"{spec.Truncation}",
                "full with ‹Model=transformer›: it looks at all steps at once, so there is nothing to truncate");
            Require(
                spec.Hidden % TransformerEncoder.HiddenMultiple == 0, nameof(spec.Hidden), $"{spec.Hidden}",
                $"a multiple of {TransformerEncoder.HiddenMultiple} with ‹Model=transformer›, to be divided among its heads");
            Require(
                !spec.HasAuxiliaryLoss, nameof(spec.Model), $"{spec.Model}",
                "an auxiliary loss on a recurrent encoder: a Transformer has no state at an anchor");
        }

        bool full = spec.Truncation == Truncation.Full || (spec.Reconstructs && spec.AuxiliaryTruncation == Truncation.Full);
        Require(
            !spec.SegmentCheckpointing || (full && spec.Model.Encoder != ModelName.Transformer.Encoder), nameof(spec.SegmentCheckpointing), "true",
            spec.Model.Encoder == ModelName.Transformer.Encoder
                ? "false with ‹Model=transformer›: it has no states to read on from"
                : "false unless ‹Truncation› is full: memory does not grow with the sequence where gradients are truncated");
    }

    /// <summary>A run's config must not claim to be of one of the kit's datasets, nor hold settings that only those have.</summary>
    private static void ThrowUnlessNamedForOwnData(ExperimentSpec spec, SequenceFormat own)
    {
        if (DatasetNames.All.Contains(spec.Dataset))
        {
            throw new UserException(
                $"The spec says that its data is '{spec.Dataset}', but it is to be trained on {own.Source}. Give your data a name of its own: "
                + "‹Dataset=my-data›.");
        }

        if (spec.DatasetRequest() != new DatasetRequest(spec.Dataset, ValidationFraction: spec.ValidationFraction, Seed: spec.Seed, Labelled: spec.Labelled, Files: spec.Files))
        {
            throw new UserException(
                $"‹Side›, ‹Silence›, ‹TrainLimit›, ‹TestLimit›, ‹MaxLength›, ‹Vocabulary›, ‹BoundingBox› and ‹Variants› belong to the kit's datasets, and change nothing in {own.Source}. Leave them "
                + "out, and with them a preset that sets one.");
        }
    }

    private static void Positive(int value, string setting) => Require(value > 0, setting, $"{value}", "a whole number above 0");

    private static void Require(bool holds, string setting, string value, string expected)
    {
        if (!holds)
        {
            throw new UserException($"‹{setting}› is {value}, but must be {expected}.");
        }
    }
}
