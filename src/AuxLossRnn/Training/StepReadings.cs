using System.Diagnostics;
using AuxLossRnn.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Steps whose losses and gradient norms lie on the device still, to be read several at a time.</summary>
/// <remarks>Reading waits for the device, which then waits for the next step. The numbers are the same; they come later.</remarks>
/// <param name="check">Stops on a number that is none.</param>
internal sealed class StepReadings(FiniteCheck check) : IDisposable
{
    /// <summary>What the supervised loss is called.</summary>
    public const string SupervisedLoss = "supervised loss";

    /// <summary>What the sum of the auxiliary losses is called.</summary>
    public const string AuxiliaryLoss = "auxiliary loss";

    /// <summary>What the norm of the gradients is called.</summary>
    public const string GradientNorm = "gradient norm";

    // The numbers of a step lie in one tensor, in no dispose scope.
    private readonly List<(StepMetrics Step, string[] Losses, Tensor Values)> _unread = [];

    /// <summary>The steps not read yet.</summary>
    public int Count => _unread.Count;

    /// <summary>Puts a step aside.</summary>
    /// <param name="step">What is known of it.</param>
    /// <param name="losses">Its losses.</param>
    /// <param name="norm">The gradients' norm.</param>
    public void Add(StepMetrics step, BatchLosses losses, Tensor norm)
    {
        Tensor?[] all = [losses.Supervised, losses.AuxiliarySum, .. losses.Auxiliary.Select(one => one.Value), norm];
        Tensor[] values = [.. all.OfType<Tensor>().Select(value => value.detach().to(ScalarType.Float64))];
        step = step with
        {
            LossSupervised = losses.Supervised is null ? null : double.NaN,
            LossAuxiliary = losses.Auxiliary.Count == 0 ? null : double.NaN,
        };
        _unread.Add((step, [.. losses.Auxiliary.Select(one => one.Of.Name)], stack(values).DetachFromDisposeScope()));
    }

    /// <summary>Reads all of them in one copy.</summary>
    /// <param name="waited">The time that took: a device computes while the steps after it are handed over, so it is time of all these steps.</param>
    /// <returns>The steps in their order; a step with a number that is none throws when it is reached.</returns>
    public IEnumerable<StepMetrics> Read(out TimeSpan waited)
    {
        (StepMetrics Step, string[] Losses, Tensor Values)[] unread = [.. _unread];
        _unread.Clear();
        if (unread.Length == 0)
        {
            waited = TimeSpan.Zero;
            return [];
        }

        long start = Stopwatch.GetTimestamp();
        using DisposeScope scope = NewDisposeScope();
        scope.Attach(unread.Select(step => step.Values));
        var values = new Queue<double>(cat([.. unread.Select(step => step.Values)]).cpu().data<double>());
        waited = Stopwatch.GetElapsedTime(start);
        double each = waited.TotalMilliseconds / unread.Length;
        return unread.Select(one => Completed(one.Step, one.Losses, values, each));
    }

    private StepMetrics Completed(StepMetrics step, string[] names, Queue<double> values, double milliseconds)
    {
        double Next(string name)
        {
            double value = values.Dequeue();
            check.Throw(value, name, step.Step - 1);
            return value;
        }

        double? supervised = step.LossSupervised is null ? null : Next(SupervisedLoss);
        double? auxiliary = step.LossAuxiliary is null ? null : Next(AuxiliaryLoss);
        var each = names.ToDictionary(name => name, name => Next($"loss '{name}'"));
        return step with
        {
            LossSupervised = supervised,
            LossAuxiliary = auxiliary,
            Losses = each.Count == 0 ? null : each,
            GradientNorm = Next(GradientNorm),
            Milliseconds = Math.Round(step.Milliseconds + milliseconds, 1),
            MillisecondsData = Math.Round(step.MillisecondsData, 1),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, _, Tensor values) in _unread)
        {
            values.Dispose();
        }
    }
}
