using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Kernels;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Computes a batch's losses and records a graph only where a gradient goes (§2.2).</summary>
/// <remarks>
/// <code>
/// steps read       0 ──────────────────────────────────────────────────── T, each example's own
/// supervised                                        T−K ══════════════════╡ classifier
/// reconstruction         a−K' ═════════╡ a ══ decoder, L steps
/// prediction                             a ╞════════════╡ a+L, a network on top
/// </code>
/// A double line is recorded. The state before it comes from one pass without a graph, except where it is step 0: the
/// losses whose windows begin there share one recorded pass, so that full backpropagation reads the sequence once. Where
/// lengths differ, each example's supervised loss is on the state after its own last step: no loss reads padding.
/// </remarks>
/// <param name="spec">Truncations and segment length.</param>
/// <param name="model">The model.</param>
public sealed class GradientRoutes(ExperimentSpec spec, AuxiliaryLossModel model)
{
    /// <summary>Computes the losses that are asked for.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="supervised">Whether the supervised loss is one of them.</param>
    /// <param name="before">The segments to reconstruct; empty for none.</param>
    /// <param name="after">The segments to predict; empty for none.</param>
    /// <param name="masks">Where masks of DropConnect or Dropout are drawn from; null drops nothing.</param>
    public BatchLosses Losses(
        SequenceBatch batch, bool supervised, IEnumerable<Segment> before, IEnumerable<Segment> after, Generator? masks)
    {
        Segment[] reconstructed = [.. before.OrderBy(segment => segment.Anchor)];
        Segment[] predicted = [.. after.OrderBy(segment => segment.Anchor)];
        var pass = new MainPass(model.Encoder, batch, spec.SegmentCheckpointing);
        (int, int)[] anchors = [.. reconstructed.Select(segment => (segment.Example, segment.Anchor))];
        (IEnumerable<int> recorded, IEnumerable<int> detached) = MainPass.Stops(anchors, spec.AuxiliaryTruncation);
        detached = detached.Concat(predicted.Select(segment => segment.Anchor));
        if (supervised)
        {
            (IEnumerable<int> more, IEnumerable<int> moreDetached) = MainPass.Stops(pass.Ends, spec.Truncation);
            (recorded, detached) = (recorded.Concat(more), detached.Concat(moreDetached));
        }

        using (StepProfile.Current?.Measure(StepPart.MainForward))
        {
            pass.Run(recorded, detached);
        }

        Tensor? loss = null;
        if (supervised)
        {
            LstmState last; // [1, B, H]
            using (StepProfile.Current?.Measure(StepPart.MainForward))
            {
                last = pass.StatesAt(pass.Ends, spec.Truncation);
            }

            using IDisposable? measured = StepProfile.Current?.Measure(StepPart.Heads);
            loss = nn.functional.cross_entropy(model.Classify(last, masks), pass.LabelsOf(pass.Ends)); // []
        }

        return new BatchLosses(
            loss,
            reconstructed.Length == 0 ? null : Reconstruction(batch, pass, reconstructed, anchors, masks),
            predicted.Length == 0 ? null : Prediction(batch, pass, predicted, masks),
            pass.Checkpoints);
    }

    private Tensor Reconstruction(
        SequenceBatch batch, MainPass pass, Segment[] segments, (int Example, int Position)[] rowsOfAnchors, Generator? masks)
    {
        LstmState anchors; // [1, R, H]
        using (StepProfile.Current?.Measure(StepPart.MainForward))
        {
            anchors = pass.StatesAt(rowsOfAnchors, spec.AuxiliaryTruncation);
        }

        // L_aux = Σᵢ Lᵢ / Σᵢ lᵢ
        using IDisposable? measured = StepProfile.Current?.Measure(StepPart.Decoder);
        Tensor sum = SumOverNetworks(segments, model.Reconstruction.Count, batch.Inputs.device, (network, rows, some) =>
            model.Reconstruction[network].SumOfLosses(
                batch, some, spec.Segment, rows is null ? anchors : anchors.Rows(rows), spec.AuxiliaryTruncation.Cut, masks));
        return sum / Segment.Lengths(batch, segments, spec.Segment).Sum(length => (double)length); // []
    }

    private Tensor Prediction(SequenceBatch batch, MainPass pass, Segment[] segments, Generator? masks)
    {
        int[] lengths = Segment.Lengths(batch, segments, spec.Segment);
        int length = lengths.Max();
        int? cut = spec.SegmentTruncation == SegmentTruncation.Chunked ? spec.AuxiliaryTruncation.Cut : null;

        // h_{a+1} … h_{a+L}: the gradient enters the main states after the anchor and stops just before it.
        (int, int)[] windows = [.. segments.Select(segment => (segment.Example, segment.Anchor))];
        Tensor outputs; // [L, R, H]
        using (StepProfile.Current?.Measure(StepPart.MainForward))
        using (spec.AuxiliaryTruncation == Truncation.None ? no_grad() : null)
        {
            outputs = pass.ReadWindows(windows, length, LstmResult.Outputs, cut).Outputs!;
        }

        // They predict steps a+1 … a+L.
        using IDisposable? measured = StepProfile.Current?.Measure(StepPart.Decoder);
        int[] examples = [.. segments.Select(segment => segment.Example)];
        int[] next = [.. segments.Select(segment => segment.Anchor + 1)];
        using Tensor picked = SegmentGather.Rows(batch, examples, next, length); // [L·R]
        (Tensor targets, Tensor tokens) = SegmentGather.Pick(batch, picked, length); // [L, R, F]

        Tensor sum = SumOverNetworks(segments, model.Prediction.Count, batch.Inputs.device, (network, rows, own) =>
        {
            Tensor some(Tensor all) => rows is null ? all : all.index_select(1, rows); // [L, r, …]
            return model.Prediction[network].SumOfLosses(
                some(outputs), some(targets), some(tokens), Segment.Lengths(batch, own, spec.Segment), cut, masks);
        });
        return sum / lengths.Sum(own => (double)own); // []
    }

    /// <summary>One call where the anchors share a network; otherwise one call a network, on its own rows.</summary>
    private static Tensor SumOverNetworks(
        Segment[] segments, int networks, Device device, Func<int, Tensor?, Segment[], Tensor> sumOfLosses)
    {
        if (networks == 1)
        {
            return sumOfLosses(0, null, segments);
        }

        Tensor? sum = null;
        for (int network = 0; network < networks; network++)
        {
            int[] rows = [.. Enumerable.Range(0, segments.Length).Where(r => segments[r].Network == network)];
            if (rows.Length == 0)
            {
                continue;
            }

            Tensor part = sumOfLosses(
                network, Devices.Copy([.. rows.Select(r => (long)r)], device), [.. rows.Select(r => segments[r])]);
            sum = sum is null ? part : sum + part;
        }

        return sum!;
    }
}
