using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests;

/// <summary>A model and a batch small enough for the float64 reference.</summary>
internal sealed class TinyCase : IDisposable
{
    public const int Levels = 5;
    private const int Classes = 3;

    private readonly DisposeScope _scope = NewDisposeScope();

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
        Lengths = lengths;
        var random = new RandomStream(spec.Seed, RandomPurpose.Drawing);
        Tokens = new byte[steps, batch, features];
        byte[] flat = new byte[Tokens.Length];
        for (int i = 0; i < flat.Length; i++)
        {
            flat[i] = (byte)random.Next(Levels);
        }

        Buffer.BlockCopy(flat, 0, Tokens, 0, flat.Length);
        Tensor tokens = tensor(flat, dtype: ScalarType.Byte).reshape(steps, batch, features); // [T, B, F]
        long[] labels = [.. Enumerable.Range(0, batch).Select(_ => (long)random.Next(Classes))];
        Batch = new SequenceBatch(
            tokens.to(type) / (Levels - 1), tokens, tensor(labels),
            tensor([.. lengths?.Select(length => (long)length) ?? Enumerable.Repeat((long)steps, batch)], dtype: ScalarType.Int64));
        Model = new AuxiliaryLossModel(spec, features, Classes, Levels, compute, parts);
        Model.to(type);
    }

    public ExperimentSpec Spec { get; }

    /// <summary>The length of each example; null where all have T steps.</summary>
    public int[]? Lengths { get; }

    /// <summary>The tokens <c>[T, B, F]</c> that the batch was made with.</summary>
    public byte[,,] Tokens { get; }

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

    /// <summary>The same with other values behind the ends of the sequences.</summary>
    public static SequenceBatch WithOtherPadding(SequenceBatch batch, int seed)
    {
        var random = new RandomStream(seed, RandomPurpose.Drawing, 1);
        double[] inputs = batch.Inputs.to(ScalarType.Float64).data<double>().ToArray(); // [T·B·F]
        byte[] tokens = batch.Tokens.data<byte>().ToArray(); // [T·B·F]
        int features = tokens.Length / (batch.Steps * batch.Size);
        for (int i = 0; i < tokens.Length; i++)
        {
            if (i / features / batch.Size >= batch.OwnLengths[i / features % batch.Size])
            {
                (inputs[i], tokens[i]) = ((random.NextDouble() - 0.5) * 1e6, (byte)random.Next(Levels));
            }
        }

        return batch with
        {
            Inputs = tensor(inputs).reshape(batch.Inputs.shape).to(batch.Inputs.dtype), // [T, B, F]
            Tokens = tensor(tokens).reshape(batch.Tokens.shape), // [T, B, F]
        };
    }

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
