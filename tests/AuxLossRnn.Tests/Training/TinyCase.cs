using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Tests.Reference;
using AuxLossRnn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

/// <summary>A model and a batch small enough for the float64 reference.</summary>
internal sealed class TinyCase : IDisposable
{
    public const int Levels = 5;
    private const int Classes = 3;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly int[]? _lengths;
    private readonly byte[,,] _tokens;

    /// <summary>A case.</summary>
    /// <param name="spec">The model and its routes.</param>
    /// <param name="steps">The time steps T.</param>
    /// <param name="batch">The batch size B.</param>
    /// <param name="features">The features F of a step.</param>
    /// <param name="compute">How the model computes; null for every shortcut.</param>
    /// <param name="type">The type of inputs and weights.</param>
    /// <param name="lengths">The length of each example; null where all have T steps.</param>
    /// <param name="parts">Encoder and losses; null for the kit's.</param>
    public TinyCase(
        ExperimentSpec spec, int steps, int batch, int features, ComputeOptions? compute = null, ScalarType type = ScalarType.Float64,
        int[]? lengths = null, ModelParts? parts = null)
    {
        Spec = spec;
        _lengths = lengths;
        var random = new RandomStream(spec.Seed, RandomPurpose.Drawing);
        _tokens = new byte[steps, batch, features];
        byte[] flat = new byte[_tokens.Length];
        for (int i = 0; i < flat.Length; i++)
        {
            flat[i] = (byte)random.Next(Levels);
        }

        Buffer.BlockCopy(flat, 0, _tokens, 0, flat.Length);
        Tensor tokens = tensor(flat, dtype: ScalarType.Byte).reshape(steps, batch, features); // [T, B, F]
        long[] labels = [.. Enumerable.Range(0, batch).Select(_ => (long)random.Next(Classes))];
        Batch = new SequenceBatch(
            tokens.to(type) / (Levels - 1), tokens, tensor(labels),
            tensor([.. lengths?.Select(length => (long)length) ?? Enumerable.Repeat((long)steps, batch)], dtype: ScalarType.Int64));
        Model = new AuxiliaryLossModel(spec, features, Classes, Levels, compute, parts);
        Model.to(type);
    }

    public ExperimentSpec Spec { get; }

    public SequenceBatch Batch { get; private set; }

    public AuxiliaryLossModel Model { get; }

    public Segment[] Before { get; private set; } = [];

    public Segment[] After { get; private set; } = [];

    /// <summary>Moves all weights a little, so that none is zero or one.</summary>
    public TinyCase Move()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        foreach ((_, var weight) in Model.named_parameters())
        {
            weight.add_(randn_like(weight) * 0.3);
        }

        return this;
    }

    /// <summary>Draws the segments that the spec asks for.</summary>
    public TinyCase Draw(long step = 0)
    {
        SegmentSampler sampler(int position) => new(
            Spec.Anchors, Spec.Segment, Spec.AnchorSchedule, Spec.SegmentPlacement, new LossRandom(Spec.Seed, position));
        Before = Spec.Reconstructs ? sampler(0).BeforeAnchors(Batch.OwnLengths, step) : [];
        After = Spec.Predicts ? sampler(Spec.Reconstructs ? 1 : 0).AfterAnchors(Batch.OwnLengths, step) : [];
        return this;
    }

    public TinyCase With(SequenceBatch batch)
    {
        Batch = batch;
        return this;
    }

    public TinyCase With(Segment[]? before = null, Segment[]? after = null)
    {
        (Before, After) = (before ?? Before, after ?? After);
        return this;
    }

    /// <summary>Losses and gradients as the kit computes them.</summary>
    public (BatchLosses Losses, Dictionary<string, double[]> Gradients) Run(bool supervised = true, Generator? masks = null)
    {
        Model.zero_grad();
        BatchLosses losses = Model.Losses(Spec, Batch, supervised, Before, After, masks);
        Tensor[] parts = [.. new[] { losses.Supervised, losses.Reconstruction, losses.Prediction }.OfType<Tensor>()];
        Tensor total = parts.Aggregate((sum, part) => sum + part);
        if (total.requires_grad)
        {
            losses.Backward(total);
        }

        return (losses, Model.named_parameters().ToDictionary(
            entry => entry.name,
            entry => entry.parameter.grad is Tensor gradient ? gradient.to(ScalarType.Float64).data<double>().ToArray() : new double[entry.parameter.numel()]));
    }

    /// <summary>The same by the reference.</summary>
    public ReferenceResult Reference(bool supervised = true)
    {
        ReferenceSegment[] rows(Segment[] segments) =>
            [.. segments.Select(segment => new ReferenceSegment(segment.Example, segment.Anchor, segment.Start))];
        return ReferenceMethod.Run(Weights(), Inputs(), _tokens, Labels(), rows(Before), rows(After), Settings(supervised));
    }

    /// <summary>Loss and gradients of a model that the LSTM is compared with, by the reference.</summary>
    public (double Loss, Dictionary<string, double[]> Gradients) BaselineReference() => ReferenceBaselines.Run(
        $"{Spec.Model}", Weights(), Inputs(), _tokens, Labels(), Permutation(), Settings(supervised: true));

    private int[] Permutation() => [.. Model.named_buffers().Where(entry => entry.name == "encoder.permutation")
        .SelectMany(entry => entry.buffer.data<long>().ToArray()).Select(row => (int)row)];

    private Dictionary<string, double[]> Weights() =>
        Model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.data<double>().ToArray());

    private double[,,] Inputs()
    {
        double[,,] inputs = new double[_tokens.GetLength(0), _tokens.GetLength(1), _tokens.GetLength(2)];
        Buffer.BlockCopy(Batch.Inputs.data<double>().ToArray(), 0, inputs, 0, inputs.Length * sizeof(double));
        return inputs;
    }

    private int[] Labels() => [.. Batch.Labels.data<long>().Select(label => (int)label)];

    private ReferenceSettings Settings(bool supervised) =>
        new()
        {
            Cell = Spec.Model.Encoder,
            Permutation = Permutation(),
            Reconstruction = Before.Length > 0,
            Prediction = After.Length > 0,
            SegmentLength = Spec.Segment,
            Lengths = _lengths,
            Truncation = Spec.Truncation.Steps,
            AuxiliaryTruncation = Spec.AuxiliaryTruncation.Steps,
            ChunkedDecoder = Spec.SegmentTruncation == SegmentTruncation.Chunked,
            DecoderInputs = Enum.Parse<ReferenceDecoderInputs>($"{Spec.DecoderInputs}"),
            TokenLoss = Enum.Parse<ReferenceTokenLoss>($"{Spec.TokenLoss}"),
            InputEncoding = Enum.Parse<ReferenceInputEncoding>($"{Spec.Encoding}"),
            Levels = Levels,
            IncludeSupervised = supervised,
            IncludeAuxiliary = Before.Length + After.Length > 0,
        };

    public void Dispose()
    {
        Model.Dispose();
        _scope.Dispose();
    }

    /// <summary>A spec of tiny sizes.</summary>
    public static ExperimentSpec TinySpec { get; } = new()
    {
        Hidden = 3,
        FeedForwardHidden = 4,
        EncodingSize = 2,
        Encoding = InputEncoding.Raw,
        DropRate = 0,
        Segment = 3,
        Truncation = Truncation.Full,
        AuxiliaryTruncation = Truncation.Full,
    };
}
