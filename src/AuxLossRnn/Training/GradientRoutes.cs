using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Computes a batch's losses and records a graph only where a gradient goes (§2.2).</summary>
/// <remarks>
/// <code>
/// steps read       0 ──────────────────────────────────────────────────── T, each example's own
/// supervised                                        T−K ══════════════════╡ classifier
/// at an anchor           a−K' ═════════╡ a ══ the loss, such as a decoder that reconstructs
/// after an anchor                        a ╞════════════╡ a+L, the loss on top, such as a prediction
/// </code>
/// A double line is recorded. The state before it comes from one pass without a graph, except where it is step 0: the
/// losses whose windows begin there share one recorded pass, so that full backpropagation reads the sequence once. Where
/// lengths differ, each example's supervised loss is on the state after its own last step: no loss reads padding.
/// </remarks>
/// <param name="spec">The supervised truncation and segment checkpointing.</param>
/// <param name="model">The model.</param>
/// <param name="classWeights">How much each class weighs in the supervised loss, C numbers; null for all the same.</param>
public sealed class GradientRoutes(ExperimentSpec spec, AuxiliaryLossModel model, float[]? classWeights = null)
{
    /// <summary>Draws the segments of the losses that count in a phase.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="step">The training step.</param>
    public IReadOnlyList<(ModelLoss Loss, IReadOnlyList<Segment> Segments)> Draw(SequenceBatch batch, TrainingPhase phase, long step) =>
        [.. model.Losses.Where(loss => loss.WeightIn(phase) is not null).Select(loss => (loss, loss.Loss.Draw(batch.OwnLengths, step)))];

    /// <summary>Computes the losses that are asked for.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="supervised">Whether the supervised loss is one of them.</param>
    /// <param name="drawn">The auxiliary losses and where each lies; one without segments is left out.</param>
    /// <param name="masks">Where masks of DropConnect or Dropout are drawn from; null drops nothing.</param>
    /// <exception cref="UserException">A loss lies outside of the batch, or is no scalar.</exception>
    public BatchLosses Losses(
        SequenceBatch batch, bool supervised, IEnumerable<(ModelLoss Loss, IReadOnlyList<Segment> Segments)> drawn, Generator? masks)
    {
        Request[] requests = [.. drawn.Where(one => one.Segments.Count > 0).Select(one =>
        {
            Segment[] segments = [.. one.Segments.OrderBy(segment => segment.Anchor)];
            var request = new Request(one.Loss, segments, one.Loss.Loss.Needs(batch, segments));
            LossCheck.Segments(one.Loss.Name, batch, segments, request.Needs);
            return request;
        })];
        var pass = new MainPass(model.Encoder, batch, spec.SegmentCheckpointing);
        Read(pass, requests, supervised);
        Tensor? classes = supervised ? Supervised(pass, masks) : null; // []
        return new BatchLosses(
            classes, [.. requests.Select(request => (request.Loss, Auxiliary(batch, pass, request, masks)))], pass.Checkpoints);
    }

    /// <summary>Reads the sequence once, as far as any loss needs it.</summary>
    private void Read(MainPass pass, Request[] requests, bool supervised)
    {
        using IDisposable? measured = StepProfile.Current?.Measure(StepPart.MainForward);
        var (recorded, detached) = (new List<int>(), new List<int>());
        foreach (Request request in requests)
        {
            if (request.Needs.AtAnchor is Truncation truncation)
            {
                Stop(request.Rows, truncation);
            }

            if (request.Needs.StepsAfter > 0)
            {
                detached.AddRange(request.Rows.Select(row => row.Position));
            }
        }

        if (supervised)
        {
            Stop(pass.Ends, spec.Truncation);
        }

        pass.Run(recorded, detached);

        void Stop((int Example, int Position)[] rows, Truncation truncation)
        {
            (IEnumerable<int> with, IEnumerable<int> without) = MainPass.Stops(rows, truncation);
            recorded.AddRange(with);
            detached.AddRange(without);
        }
    }

    private Tensor Supervised(MainPass pass, Generator? masks)
    {
        EncoderState last;
        using (StepProfile.Current?.Measure(StepPart.MainForward))
        {
            last = pass.StatesAt(pass.Ends, spec.Truncation);
        }

        using IDisposable? measured = StepProfile.Current?.Measure(StepPart.Heads);
        Tensor? weights = classWeights is null ? null : tensor(classWeights, dtype: last[0].dtype, device: last[0].device); // [C]
        return nn.functional.cross_entropy(model.Classify(last, masks), pass.LabelsOf(pass.Ends), weights, ignore_index: SequenceDataset.NoLabel); // []
    }

    private Tensor Auxiliary(SequenceBatch batch, MainPass pass, Request request, Generator? masks)
    {
        MainStates states;
        using (StepProfile.Current?.Measure(StepPart.MainForward))
        {
            states = new MainStates(
                model.Encoder, request.Needs.AtAnchor is Truncation truncation ? pass.StatesAt(request.Rows, truncation) : null, After(pass, request));
        }

        using IDisposable? measured = StepProfile.Current?.Measure(StepPart.Decoder);
        return LossCheck.Scalar(request.Loss.Name, request.Loss.Loss.Compute(batch, request.Segments, states, masks)); // []
    }

    /// <returns>h_{a+1} … h_{a+L}, <c>[L, R, S]</c>: the gradient enters them and stops just before the first.</returns>
    private static Tensor? After(MainPass pass, Request request)
    {
        StatesNeeded needs = request.Needs;
        using IDisposable? without = needs.GradientAfter ? null : no_grad();
        return needs.StepsAfter > 0 ? pass.ReadWindows(request.Rows, needs.StepsAfter, ReadResult.Outputs, needs.CutAfter).Outputs : null;
    }

    private sealed record Request(ModelLoss Loss, Segment[] Segments, StatesNeeded Needs)
    {
        public (int Example, int Position)[] Rows { get; } = [.. Segments.Select(segment => (segment.Example, segment.Anchor))];
    }
}
