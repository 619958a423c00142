using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Data;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Tests.Specs;

public sealed class SpecCheckTests
{
    private static readonly ExperimentSpec Sound = new();

    private static readonly ExperimentSpec Transformer = new() { Model = ModelName.Transformer, Truncation = Truncation.Full };

    public static TheoryData<string, string, string, ExperimentSpec> Mistakes { get; } = new()
    {
        { "Batch", "0", "above 0", Sound with { Batch = 0 } },
        { "Hidden", "-1", "above 0", Sound with { Hidden = -1 } },
        { "EncodingSize", "0", "above 0", Sound with { EncodingSize = 0 } },
        { "FeedForwardHidden", "0", "above 0", Sound with { FeedForwardHidden = 0 } },
        { "Anchors", "0", "above 0", Sound with { Anchors = 0 } },
        { "Segment", "0", "above 0", Sound with { Segment = 0 } },
        { "Steps", "0", "above 0", Sound with { Steps = 0 } },
        { "TrainLimit", "0", "above 0", Sound with { TrainLimit = 0 } },
        { "TestLimit", "-5", "above 0", Sound with { TestLimit = -5 } },
        { "MaxLength", "0", "above 0", Sound with { MaxLength = 0 } },
        { "Side", "0", "above 0", Sound with { Side = 0 } },
        { "Variants", "0", "above 0", Sound with { Variants = 0 } },
        { "EvaluateEvery", "0", "above 0", Sound with { EvaluateEvery = 0 } },
        { "CheckpointEvery", "0", "above 0", Sound with { CheckpointEvery = 0 } },
        { "Silence", "-1", "from 0 to 1000000", Sound with { Silence = -1 } },
        { "LearningRate", "0", "above 0", Sound with { LearningRate = 0 } },
        { "LearningRate", "NaN", "above 0", Sound with { LearningRate = double.NaN } },
        { "LearningRate", "1E+39", "32-bit", Sound with { LearningRate = 1e39 } },
        { "DropRate", "1", "at least 0 and below 1", Sound with { DropRate = 1 } },
        { "DropRate", "-0.1", "at least 0 and below 1", Sound with { DropRate = -0.1 } },
        { "ValidationFraction", "1", "at least 0 and below 1", Sound with { ValidationFraction = 1 } },
        { "PretrainEpochs", "-1", "from 0 on", Sound with { PretrainEpochs = -1 } },
        { "Epochs", "NaN", "from 0 on", Sound with { Epochs = double.NaN } },
        { "HalvingEpochs", "0", "above 0", Sound with { HalvingEpochs = 0 } },
        { "ClipNorm", "0", "above 0", Sound with { ClipNorm = 0 } },
        { "AuxiliaryWeight", "-1", "from 0 on", Sound with { AuxiliaryWeight = -1 } },
        { "RmsPropAlpha", "1", "at least 0 and below 1", Sound with { RmsPropAlpha = 1 } },
        { "Epsilon", "-1", "from 0 on", Sound with { Epsilon = -1 } },
        { "WeightDecay", "-0.5", "from 0 on", Sound with { WeightDecay = -0.5 } },
        { "ForgetBias", "NaN", "a number", Sound with { ForgetBias = double.NaN } },
        { "Precision", "bfloat16", "float32 with Model = \"gru\"", Sound with { Model = ModelName.Gru, Precision = Precision.BFloat16 } },
        { "Precision", "bfloat16", "float32 with Model = \"urnn\"", Sound with { Model = ModelName.Urnn, Precision = Precision.BFloat16 } },
        { "Precision", "bfloat16", "float32 with Model = \"r-gru\"", Sound with { Model = "r-gru", Precision = Precision.BFloat16 } },
        { "Model", "r-transformer", "a recurrent encoder: a Transformer has no state at an anchor", Transformer with { Model = "r-transformer" } },
        { "Model", "ink-transformer", "a recurrent encoder: a Transformer has no state at an anchor", Transformer with { Model = "ink-transformer" } },
        { "AuxiliaryHidden", "0", "a whole number above 0", Sound with { AuxiliaryHidden = 0, DecoderStart = DecoderStart.Linear } },
        { "Truncation", "300", "full with Model = \"transformer\"", Sound with { Model = ModelName.Transformer } },
        { "Truncation", "none", "full with Model = \"transformer\"", Transformer with { Truncation = Truncation.None } },
        { "Hidden", "100", "a multiple of 8 with Model = \"transformer\"", Transformer with { Hidden = 100 } },
        { "SegmentCheckpointing", "true", "false unless Truncation is full", Sound with { SegmentCheckpointing = true } },
        {
            "SegmentCheckpointing", "true", "false unless Truncation is full",
            Sound with { SegmentCheckpointing = true, Model = ModelName.PLstm, AuxiliaryTruncation = Truncation.Full }
        },
        { "SegmentCheckpointing", "true", "false with Model = \"transformer\"", Transformer with { SegmentCheckpointing = true } },
        { "AuxiliaryHidden", "100", "at least the main network's 128", Sound with { AuxiliaryHidden = 100 } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_refused_with_its_name_its_value_and_what_is_allowed(string setting, string value, string allowed, ExperimentSpec spec)
    {
        string message = Assert.Throws<UserException>(() => SpecCheck.Throw(spec)).Message;

        Assert.StartsWith($"{setting} is {value}, but must be ", message);
        Assert.Contains(allowed, message);
    }

    [Fact]
    public void The_defaults_and_the_ends_of_ranges_are_allowed()
    {
        SpecCheck.Throw(Sound);
        SpecCheck.Throw(Transformer);
        SpecCheck.Throw(Sound with { Model = ModelName.PLstm, Precision = Precision.BFloat16 });
        SpecCheck.Throw(Sound with { AuxiliaryHidden = 100, DecoderStart = DecoderStart.Linear });
        SpecCheck.Throw(Sound with { SegmentCheckpointing = true, AuxiliaryTruncation = Truncation.Full });
        SpecCheck.Throw(Sound with { SegmentCheckpointing = true, Model = ModelName.Urnn, Truncation = Truncation.Full });
        SpecCheck.Throw(Sound with
        {
            DropRate = 0,
            ValidationFraction = 0,
            PretrainEpochs = 0,
            Epochs = 0,
            AuxiliaryWeight = 0,
            RmsPropAlpha = 0,
            Epsilon = 0,
            AuxiliaryHidden = Sound.Hidden,
            Silence = 0,
            Batch = 1,
            Anchors = 1,
            Segment = 1,
            Steps = 1,
            EvaluateEvery = 1,
            ClipNorm = 1e-9,
        });
    }

    [Fact]
    public void A_segment_must_leave_room_for_its_last_target()
    {
        string message = Assert.Throws<UserException>(() => SpecCheck.Throw(TinyRun.Spec with { Segment = 16 }, TinyRun.Data.Train)).Message;

        Assert.Contains("16 steps", message);
        Assert.Contains("Segment between 1 and 15", message);
        SpecCheck.Throw(TinyRun.Spec with { Segment = 15 }, TinyRun.Data.Train);
        SpecCheck.Throw(TinyRun.Spec with { Segment = 600, Model = ModelName.Lstm }, TinyRun.Data.Train);
    }

    [Theory]
    [InlineData("r-lstm")]
    [InlineData("p-lstm")]
    public void Sequences_of_one_step_have_nothing_to_reconstruct_or_predict(ModelName model)
    {
        SequenceDataset data = OwnSequences.FromArrays([[1f], [2], [3], [4]], new[] { 0, 1, 0, 1 }).Split(0, 0).Train;
        ExperimentSpec spec = new() { Dataset = "mine", Batch = 2, Segment = 1, Model = model };

        Assert.Contains("one step each", Assert.Throws<UserException>(() => SpecCheck.Throw(spec, data)).Message);
        SpecCheck.Throw(spec with { Model = ModelName.Lstm }, data);
    }

    [Fact]
    public void There_must_be_examples_for_one_batch()
    {
        string message = Assert.Throws<UserException>(() => SpecCheck.Throw(TinyRun.Spec with { Batch = 31 }, TinyRun.Data.Train)).Message;

        Assert.Contains("30 training examples", message);
        Assert.Contains("Batch", message);
        SpecCheck.Throw(TinyRun.Spec with { Batch = 30 }, TinyRun.Data.Train);
    }
}
