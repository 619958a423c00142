using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Stops a run whose numbers are none any more.</summary>
/// <param name="hasCheckpoint">Whether a checkpoint is kept, for the message.</param>
internal sealed class FiniteCheck(Func<bool> hasCheckpoint)
{
    /// <summary>Checks one number, for which a device is waited for.</summary>
    /// <param name="value">A scalar; null for none.</param>
    /// <param name="name">What it is.</param>
    /// <param name="step">The training step, from 0.</param>
    /// <exception cref="TrainingFailedException">It is not finite.</exception>
    public void Throw(Tensor? value, string name, int step)
    {
        if (value is not null)
        {
            Throw(value.to(ScalarType.Float64).item<double>(), name, step);
        }
    }

    /// <summary>Checks one number.</summary>
    /// <param name="value">It.</param>
    /// <param name="name">What it is.</param>
    /// <param name="step">The training step, from 0.</param>
    /// <exception cref="TrainingFailedException">It is not finite.</exception>
    public void Throw(double value, string name, int step)
    {
        if (!double.IsFinite(value))
        {
            throw new TrainingFailedException(
                $"The {name} is {value} at step {step + 1}, so training stopped"
                + (hasCheckpoint() ? "; the last checkpoint is kept. " : ". ")
                + "Try a smaller ‹LearningRate› or ‹ClipNorm=1›.");
        }
    }

    /// <summary>Checks weights before they are kept: a step of finite losses and gradients can still leave one without a number.</summary>
    /// <param name="model">The model.</param>
    /// <param name="step">The training step, from 0.</param>
    /// <exception cref="TrainingFailedException">One is not finite.</exception>
    public void Weights(nn.Module model, int step)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        (string Name, Parameter Weight)[] weights = [.. model.named_parameters()];

        // Read together: a device is waited for once.
        using Tensor largest = stack([.. weights.Select(one => one.Weight.abs().max().to(ScalarType.Float64))]).cpu(); // [weights]
        foreach ((double value, (string name, _)) in largest.data<double>().Zip(weights))
        {
            Throw(value, $"largest weight of {name}", step);
        }
    }
}
