using System.Diagnostics;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks;

/// <summary>A training step, as the trainer does it: gradients set to zero, losses, backward, gradient norm, optimiser.</summary>
internal abstract class TrainingStep : Step
{
    protected TrainingStep(StepRecipe recipe, nn.Module model)
        : base(Steps.Shape(recipe))
    {
        (Recipe, Model) = (recipe, model);
        Batch = Steps.Batch(recipe);
        Optimiser = Optimisers.Create(recipe.Spec, model);
    }

    /// <summary>What is trained.</summary>
    public nn.Module Model { get; }

    protected OptimizerHelper Optimiser { get; }

    protected StepRecipe Recipe { get; }

    protected ExperimentSpec Spec => Recipe.Spec;

    /// <summary>What is read, in every step the same.</summary>
    protected SequenceBatch Batch { get; }

    /// <summary>The steps done.</summary>
    protected int Done { get; private set; }

    /// <summary>Computes the loss and adds its gradients to the weights'.</summary>
    /// <returns>The loss.</returns>
    public abstract double Backward(bool drop);

    public override double Time()
    {
        long start = Stopwatch.GetTimestamp();
        using (NewDisposeScope())
        {
            Clear();
            Backward(drop: true);
            Update();
        }

        Steps.Wait();
        Done++;
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Takes the gradients away.</summary>
    protected virtual void Clear() => Optimiser.zero_grad();

    /// <summary>Clips the gradients and changes the weights by them.</summary>
    protected virtual void Update()
    {
        nn.utils.clip_grad_norm_(Model.parameters(), Spec.ClipNorm ?? double.PositiveInfinity);
        Optimiser.step();
    }

    /// <summary>How far the loss and the gradients of two steps lie apart, without dropped weights.</summary>
    /// <returns>|l − l'| / |l| and ‖g − g'‖ / ‖g‖ over all weights.</returns>
    public (double Loss, double Gradient) DistanceTo(TrainingStep other)
    {
        using var scope = NewDisposeScope();
        var weights = Model.named_parameters().ToDictionary(weight => weight.name, weight => weight.parameter);
        var others = other.Model.named_parameters().ToDictionary(weight => weight.name, weight => weight.parameter);
        if (!weights.Keys.ToHashSet().SetEquals(others.Keys))
        {
            throw new InvalidOperationException("The two steps to compare have weights of different names.");
        }

        using (no_grad())
        {
            foreach (string name in weights.Keys)
            {
                others[name].copy_(weights[name]);
            }
        }

        Clear();
        other.Clear();
        (double loss, double otherLoss) = (Backward(drop: false), other.Backward(drop: false));
        double square(Func<string, Tensor> vector) => weights.Keys.Sum(name => vector(name).square().sum().item<float>());

        // In pretraining the classifier has no gradient.
        static Tensor gradient(Parameter weight) => weight.grad ?? zeros_like(weight);
        double distance = square(name => gradient(weights[name]) - gradient(others[name]));
        double norm = square(name => gradient(weights[name]));
        return (Math.Abs(loss - otherLoss) / Math.Abs(loss), Math.Sqrt(distance / norm));
    }

    public override void Dispose()
    {
        Optimiser.Dispose();
        Batch.Dispose();
        Model.Dispose();
    }
}
