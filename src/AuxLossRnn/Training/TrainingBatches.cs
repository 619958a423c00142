using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>The batch of each step: of all examples in pretraining, of labelled ones and some unlabelled ones beside them in joint training.</summary>
/// <remarks>Labelled examples are the same at each joint step, whatever stands beside them.</remarks>
internal sealed class TrainingBatches
{
    private readonly SequenceDataset _labelled;
    private readonly SequenceDataset? _all;
    private readonly BatchOrder _order;
    private readonly BatchOrder? _pretraining;
    private readonly BatchOrder? _unlabelled;

    /// <summary>The batches of a run.</summary>
    /// <param name="spec">The batch size, the unlabelled share and the seed.</param>
    /// <param name="data">The training examples.</param>
    /// <param name="hasLosses">Whether the model has auxiliary losses: without them unlabelled examples are left out.</param>
    public TrainingBatches(ExperimentSpec spec, DatasetSplits data, bool hasLosses)
    {
        (_labelled, _order) = (data.Train, BatchOrder.Of(data.Train, spec.Batch, spec.Seed));
        if (!hasLosses || spec.UnlabelledShare is not double share || data.WithUnlabelled is not SequenceDataset all || all.Count == data.Train.Count)
        {
            return;
        }

        (_all, _pretraining) = (all, BatchOrder.Of(all, spec.Batch, spec.Seed));
        int beside = Math.Min((int)Math.Round(share * spec.Batch), all.Count - data.Train.Count);
        _unlabelled = beside == 0 ? null : new BatchOrder(all.Count - data.Train.Count, beside, spec.Seed, purpose: RandomPurpose.UnlabelledOrder);
    }

    /// <summary>Reads the batch of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="schedule">The run's schedule.</param>
    /// <returns>A batch, <c>[T, B, F]</c>; the labels of those without are −1.</returns>
    public SequenceBatch Read(int step, TrainingSchedule schedule)
    {
        int joint = step - schedule.PretrainingSteps;
        if (_all is null || (joint >= 0 && _unlabelled is null))
        {
            // Without unlabelled examples the order goes on from the first phase to the second.
            return _labelled.Batch(_order.At(_all is null ? step : joint)); // [T, B, F]
        }

        if (joint < 0)
        {
            return _all.Batch(_pretraining!.At(step)); // [T, B, F]
        }

        ReadOnlySpan<int> labelled = _order.At(joint);
        int[] indices = [.. labelled, .. _unlabelled!.At(joint)];
        for (int i = labelled.Length; i < indices.Length; i++)
        {
            indices[i] += _labelled.Count;
        }

        SequenceBatch batch = _all.Batch(indices); // [T, B + U, F]
        using Tensor without = batch.Labels.narrow(0, labelled.Length, indices.Length - labelled.Length); // [U]
        HeldNumbers.With(SequenceDataset.NoLabel, without.fill_);
        return batch;
    }
}
