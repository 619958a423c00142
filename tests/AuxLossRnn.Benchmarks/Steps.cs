using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Benchmarks.Straightforward;
using AuxLossRnn.Kernels;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks;

/// <summary>Makes steps: every model of the benchmarks is made here.</summary>
internal static class Steps
{
    /// <summary>The features F of a step of a sequence.</summary>
    public const int Features = 1;

    /// <summary>The number of classes C.</summary>
    public const int Classes = 10;

    /// <summary>Where steps of this process compute.</summary>
    public static Device Device { get; set; } = CPU;

    /// <summary>That device's name on the command line.</summary>
    public static string DeviceName => $"{Device.type}".ToLowerInvariant();

    /// <summary>All threads, and one; on a GPU they make no difference.</summary>
    public static int[] ThreadCounts => TorchThreads.Available > 1 && Device.type == TorchSharp.DeviceType.CPU ? [TorchThreads.Available, 1] : [TorchThreads.Available];

    /// <summary>The number formats that the kit can compute in.</summary>
    public static IReadOnlyList<Precision> Precisions =>
        [Precision.Float32, .. AuxLossRnn.Models.Precisions.ObstacleTo(Precision.BFloat16, Device) is null ? [Precision.BFloat16] : Array.Empty<Precision>()];

    /// <summary>A step with fresh weights and drawn data, the same for every recipe of one spec and length.</summary>
    public static Step Create(StepRecipe recipe) => recipe.Kind switch
    {
        StepKind.Evaluation => new EvaluationStep(recipe, recipe.Straightforward ? Plain(recipe) : Model(recipe)),
        StepKind.Product => new MatrixProduct(recipe),
        StepKind.Tile => recipe.Precision == Precision.Float32 ? new TileProduct<Tile<float>>(recipe) : new TileProduct<BFloat16Tile>(recipe),
        _ => CreateTraining(recipe),
    };

    /// <summary>A step of training, whose gradients can be looked at.</summary>
    public static TrainingStep CreateTraining(StepRecipe recipe) => recipe.Kind switch
    {
        _ when recipe.Straightforward => new StraightforwardStep(recipe, Plain(recipe)),
        _ => new KitStep(recipe, Model(recipe)),
    };

    /// <summary>Waits for a GPU, which computes on after a call returns.</summary>
    public static void Wait()
    {
        if (Device.type == TorchSharp.DeviceType.CUDA)
        {
            cuda.synchronize();
        }
    }

    /// <summary>How a recipe is reported.</summary>
    public static StepShape Shape(StepRecipe recipe)
    {
        bool reads = recipe.Kind is not (StepKind.Product or StepKind.Tile);
        return new(
            reads ? recipe.T : null, reads ? recipe.Spec.Batch : null, $"{recipe.Precision}".ToLowerInvariant(), TorchThreads.Count,
            InstructionSet.Own.Name, recipe.Spec.Model.Encoder == ModelName.Lstm.Encoder ? Flops.Mean(recipe) : null);
    }

    /// <summary>A batch of drawn bytes.</summary>
    public static SequenceBatch Batch(StepRecipe recipe)
    {
        (int steps, int size) = (recipe.T, recipe.Spec.Batch);
        var random = new RandomStream(recipe.Spec.Seed, RandomPurpose.Drawing);
        byte[] levels = new byte[steps * size * Features];
        for (int i = 0; i < levels.Length; i++)
        {
            levels[i] = (byte)(random.NextUInt64() >> 56);
        }

        long[] labels = [.. Enumerable.Range(0, size).Select(_ => (long)random.Next(Classes))];
        Tensor tokens = tensor(levels, ScalarType.Byte).reshape(steps, size, Features); // [T, B, F]
        Tensor inputs = tokens.to(ScalarType.Float32) / byte.MaxValue; // [T, B, F]
        return new SequenceBatch(inputs, tokens, tensor(labels), full(size, steps, ScalarType.Int64)).To(Device); // [B], [B]
    }

    /// <summary>The segments of a training step: the same ones for all kinds of step.</summary>
    public static (Segment[] Before, Segment[] After) Segments(StepRecipe recipe, int step)
    {
        ExperimentSpec spec = recipe.Spec;
        var sampler = new SegmentSampler(spec.Anchors, spec.Segment, spec.AnchorSchedule, spec.SegmentPlacement, new LossRandom(spec.Seed));
        return (
            spec.Reconstructs ? sampler.BeforeAnchors(recipe.T, spec.Batch, step) : [],
            spec.Predicts ? sampler.AfterAnchors(recipe.T, spec.Batch, step) : []);
    }

    private static StraightforwardModel Plain(StepRecipe recipe) => new StraightforwardModel(recipe.Spec, Features, Classes).to(Device);

    private static AuxiliaryLossModel Model(StepRecipe recipe) =>
        new AuxiliaryLossModel(recipe.Spec, Features, Classes, compute: recipe.Compute).to(Device);
}
