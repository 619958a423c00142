using System.Text.Json.Serialization;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Specs;

/// <summary>Everything that decides a run's numbers. A notebook changes one with <c>with { … }</c>.</summary>
/// <remarks>
/// Defaults are the paper's where it is known. Where the paper is silent the property says "unknown", and names the
/// reason for its default.
/// </remarks>
public sealed record ExperimentSpec
{
    private readonly TokenLoss? _tokenLoss; // null where it is left to the data

    /// <summary>The dataset: <c>stroke-digits</c>, <c>mnist</c>, <c>pmnist</c>, <c>cifar10</c>, <c>stanford-dogs</c>, <c>dbpedia</c>; any other name for sequences of your own.</summary>
    public string Dataset { get; init; } = "stroke-digits";

    /// <summary>The files of your own sequences; null for the kit's datasets, and for sequences that code gives.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // as all settings that came later: a spec of before keeps its text
    public SequenceFiles? Files { get; init; }

    /// <summary>The side in pixels that images are average-pooled to (or drawn at); null for their own. stanford-dogs needs one: 40 to 128 in the paper.</summary>
    public int? Side { get; init; }

    /// <summary>Whether stanford-dogs' photographs are cropped to the dog by its bounding box; unknown, false by default.</summary>
    public bool BoundingBox { get; init; }

    /// <summary>Training images made of each of stanford-dogs' photographs, all but one randomly cropped and mirrored; unknown (about 150,000 in all), 1 by default for none but itself, 12 in the presets at the paper's budget.</summary>
    public int Variants { get; init; } = 1;

    /// <summary>Blank steps appended to each sequence, so that the last K steps hold nothing to learn from; 0 in the paper.</summary>
    public int Silence { get; init; }

    /// <summary>The characters after which a text is cut, null for never; unknown, 400 by default where the paper's texts have 300 on average. Images are not cut.</summary>
    public int? MaxLength { get; init; } = Sequences.DatasetRequest.DefaultMaxLength;

    /// <summary>What the characters of a text are; unknown, Zhang et al.'s alphabet by default, lower-cased. Images have none.</summary>
    public TextVocabulary Vocabulary { get; init; } = TextVocabulary.Alphabet;

    /// <summary>At most this many training examples, before the held-out part is taken; null for all.</summary>
    public int? TrainLimit { get; init; }

    /// <summary>
    /// How many of the training examples that are not held out keep their labels, drawn by the seed: the others are for the auxiliary losses alone. Null, the
    /// default and the paper's, for all.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? Labelled { get; init; }

    /// <summary>
    /// The unlabelled examples beside a batch of labelled ones in joint training, as a part of its size: 1, the default, for as many, 0 for none, so that they are for pretraining alone. Null leaves them out there too. Ignored
    /// without unlabelled examples or auxiliary losses.
    /// </summary>
    public double? UnlabelledShare { get; init; } = 1;

    /// <summary>At most this many test examples; null for all.</summary>
    public int? TestLimit { get; init; }

    /// <summary>The part of the training examples held out for validation; the paper holds out none.</summary>
    public double ValidationFraction { get; init; } = 1.0 / 12;

    /// <summary>The encoder (lstm, gru, irnn, urnn, transformer) and before it, with a dash, the auxiliary losses: r reconstructs, p predicts, rp does both.</summary>
    public ModelName Model { get; init; } = ModelName.RLstm;

    /// <summary>What the encoder reads; unknown, linear for pixels because a re-implementation found embeddings worse. Characters need the embedding; integer tokens of your own may take it too, where linear and raw read them as amounts.</summary>
    public InputEncoding Encoding { get; init; } = InputEncoding.Linear;

    /// <summary>The size of the encoded input; 128 in the paper. The raw encoding ignores it.</summary>
    public int EncodingSize { get; init; } = 128;

    /// <summary>The hidden size H of the encoder; 128 in the paper.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>The hidden layer of the classifier and of the auxiliary networks' heads; 256 in the paper.</summary>
    public int FeedForwardHidden { get; init; } = 256;

    /// <summary>The activation between feed-forward layers; unknown, ReLU as the most common.</summary>
    public Activation Activation { get; init; } = Activation.ReLU;

    /// <summary>What the drop rate falls on; sources disagree between DropConnect (the default) and Dropout.</summary>
    public Regularisation Regularisation { get; init; } = Regularisation.DropConnect;

    /// <summary>The drop rate of the second feed-forward layer; 0.5 in the paper.</summary>
    public double DropRate { get; init; } = 0.5;

    /// <summary>How LSTM weights are drawn; unknown, the framework's by default.</summary>
    public Initialisation Initialisation { get; init; } = Initialisation.Framework;

    /// <summary>The forget gates' initial bias; unknown, 1 as is common for long sequences.</summary>
    public double ForgetBias { get; init; } = 1;

    /// <summary>The longest memory in steps that the main LSTM's gates begin with (chrono initialisation, Tallec and Ollivier 2018), such as T; null, the default, for the forget bias. Not the paper's.</summary>
    public int? ChronoSteps { get; init; }

    /// <summary>How far back the supervised loss's gradient reaches: 300 for "Truncate300".</summary>
    public Truncation Truncation { get; init; } = Truncation.Last(300);

    /// <summary>
    /// Whether full backpropagation keeps only every √T-th state and reads the steps between again: memory of order √T for a
    /// second reading.
    /// </summary>
    public bool SegmentCheckpointing { get; init; }

    /// <summary>How far back the auxiliary losses' gradient reaches, in the encoder from each anchor; 300 in the paper.</summary>
    public Truncation AuxiliaryTruncation { get; init; } = Truncation.Last(300);

    /// <summary>What happens to segments longer than the auxiliary truncation; unknown, whole by default.</summary>
    public SegmentTruncation SegmentTruncation { get; init; } = SegmentTruncation.Whole;

    /// <summary>The anchors N of each example; 1 in most of the paper's experiments.</summary>
    public int Anchors { get; init; } = 1;

    /// <summary>The segment length L; 600 in most of the paper's experiments.</summary>
    public int Segment { get; init; } = 600;

    /// <summary>How often anchors are drawn; unknown, every batch by default.</summary>
    public AnchorSchedule AnchorSchedule { get; init; } = AnchorSchedule.EveryBatch;

    /// <summary>Where a segment lies before its anchor; a random gap in the paper, its distribution unknown, uniform by default.</summary>
    public SegmentPlacement SegmentPlacement { get; init; } = SegmentPlacement.Uniform;

    /// <summary>What the decoder reads after the first element; "optionally fed" in the paper, fed by default.</summary>
    public DecoderInputs DecoderInputs { get; init; } = DecoderInputs.TeacherForcing;

    /// <summary>How the main state starts the decoder: the paper's copy by default, or one linear map where the sizes differ. A state of one tensor, such as a GRU's, is copied to the decoder's hidden and cell state.</summary>
    public DecoderStart DecoderStart { get; init; } = DecoderStart.Copy;

    /// <summary>
    /// The loss of a predicted step; sources disagree. Squared error by default, because a reader's notes give the auxiliary network one
    /// output a channel; cross-entropy over 256 levels is the other reading. Characters, and sequences of your own with the embedding,
    /// have cross-entropy by default.
    /// </summary>
    public TokenLoss TokenLoss
    {
        get => _tokenLoss ?? (ReadsSymbols ? TokenLoss.CrossEntropy : TokenLoss.SquaredError);
        init => _tokenLoss = value;
    }

    /// <summary>The hidden size of the auxiliary LSTMs; null for the encoder's, so that the copied state fits. 256 is the other reading.</summary>
    public int? AuxiliaryHidden { get; init; }

    /// <summary>Whether all anchors share one auxiliary network; implied by the paper, not confirmed.</summary>
    public bool SharedAuxiliaryNetwork { get; init; } = true;

    /// <summary>The weight of the auxiliary loss beside the supervised one; 1 in the paper.</summary>
    public double AuxiliaryWeight { get; init; } = 1;

    /// <summary>Whether every class weighs the same in the supervised loss, a sequence of class c by N / (C · N_c), rather than every sequence; false by default. Not the paper's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // a spec of before keeps its text, and so the name of its run folder
    public bool BalancedClasses { get; init; }

    /// <summary>The optimiser; RMSProp according to a re-implementation.</summary>
    public OptimiserKind Optimiser { get; init; } = OptimiserKind.RmsProp;

    /// <summary>The learning rate at the start of each phase; 1e-3 according to a re-implementation.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How the learning rate falls; halving by default, a re-implementation's. Cosine is for budgets of a few epochs, and not the paper's.</summary>
    public LearningRateSchedule LearningRateSchedule { get; init; } = LearningRateSchedule.Halving;

    /// <summary>RMSProp's α; unknown, 0.9 by default.</summary>
    public double RmsPropAlpha { get; init; } = 0.9;

    /// <summary>The optimiser's ε; unknown, 1e-8 by default.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Weight decay; unknown, 0 by default.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The largest gradient norm, above which gradients are scaled down; unknown, null for no clipping.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The batch size B; 128 in the paper.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Epochs of the auxiliary loss alone; 100 in the paper (20 on StanfordDogs). Ignored without an auxiliary loss.</summary>
    public double PretrainEpochs { get; init; } = 100;

    /// <summary>Epochs of both losses together; 1000 in the paper (100 on StanfordDogs).</summary>
    public double Epochs { get; init; } = 1000;

    /// <summary>A cap on the optimiser steps of both phases together; null for none.</summary>
    public int? Steps { get; init; }

    /// <summary>Epochs after which the second phase halves its learning rate; 300 according to a re-implementation. The cosine schedule ignores it.</summary>
    public double HalvingEpochs { get; init; } = 300;

    /// <summary>Steps between evaluations on the validation and test sets; null for once an epoch.</summary>
    public int? EvaluateEvery { get; init; }

    /// <summary>Training examples whose accuracy is measured at each evaluation as well, spread evenly over the training set; null for none. Figure 5 has such curves.</summary>
    public int? EvaluateTrain { get; init; }

    /// <summary>Steps between checkpoints; null for at evaluations only.</summary>
    public int? CheckpointEvery { get; init; }

    /// <summary>How products are computed; unknown, float32 by default. bfloat16 is faster where the processor has it.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>The seed of weights, order, anchors and masks.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>What of it decides the data.</summary>
    public DatasetRequest DatasetRequest() => new(
        Dataset, Side, Silence, TrainLimit, TestLimit, ValidationFraction, Seed, BoundingBox, Variants, MaxLength, Vocabulary, Labelled, Files);

    /// <summary>The defaults for a dataset.</summary>
    /// <remarks>
    /// Characters are embedded, as in the paper, and have a cross-entropy. Its segment for DBpedia is unknown: 100 steps, a third of the
    /// mean length, because the 600 of the other experiments are longer than the texts.
    /// </remarks>
    /// <param name="dataset">Its name.</param>
    public static ExperimentSpec For(string dataset)
    {
        var spec = new ExperimentSpec
        {
            Dataset = dataset,
        };
        return dataset == DatasetNames.Dbpedia ? spec with { Encoding = InputEncoding.Embedding, Segment = 100 } : spec;
    }

    /// <summary>This with another model, and what that model needs where its needs differ from the defaults.</summary>
    /// <remarks>
    /// A Transformer looks at all steps at once. Nothing squashes an IRNN's state: it gets the clipping and the learning rate of the
    /// paper's presets, without which its loss soon is no number.
    /// </remarks>
    /// <param name="model">The model.</param>
    public ExperimentSpec WithModel(ModelName model) => model.Encoder switch
    {
        "transformer" => this with { Model = model, Truncation = Truncation.Full },
        "irnn" => this with { Model = model, ClipNorm = 1, LearningRate = 1e-4 },
        _ => this with { Model = model },
    };

    /// <summary>The table of what differs from the defaults.</summary>
    public override string ToString() => SpecTable.Render(this);

    /// <summary>Whether any network of the model is an LSTM: the main one, or that of an auxiliary loss of the kit.</summary>
    [JsonIgnore]
    public bool HasLstm => Model.Encoder == "lstm" || HasSegments;

    /// <summary>Whether the model reconstructs.</summary>
    [JsonIgnore]
    public bool Reconstructs => Model.Losses.Contains(ModelName.Reconstruction);

    /// <summary>Whether the model predicts.</summary>
    [JsonIgnore]
    public bool Predicts => Model.Losses.Contains(ModelName.Prediction);

    /// <summary>Whether the model has an auxiliary loss of the kit, over segments.</summary>
    [JsonIgnore]
    public bool HasSegments => Reconstructs || Predicts;

    /// <summary>Whether the model has an auxiliary loss.</summary>
    [JsonIgnore]
    public bool HasAuxiliaryLoss => Model.Losses.Count > 0;

    // Of sequences of one's own a spec knows the encoding alone: characters have no other than the embedding.
    private bool ReadsSymbols =>
        Dataset == DatasetNames.Dbpedia || (Encoding == InputEncoding.Embedding && !DatasetNames.All.Contains(Dataset));

    /// <summary>Whether all settings are the same; it does not matter which of them were left at their defaults.</summary>
    /// <param name="other">Another spec.</param>
    public bool Equals(ExperimentSpec? other) => other is not null && SpecTable.Differences(this, other).Count == 0;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Dataset, Side, Model, Truncation, Seed);

    /// <summary>The feed-forward layers of the classifier and of the auxiliary networks.</summary>
    public FeedForwardOptions FeedForward() => new(FeedForwardHidden, Activation, Regularisation, DropRate);
}
