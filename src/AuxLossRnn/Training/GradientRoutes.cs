using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Computes a batch's losses and records a graph only where a gradient goes (§2.2).</summary>
/// <remarks>
/// <code>
/// steps read       0 ──────────────────────────────────────────────────── T
/// supervised                                        T−K ══════════════════╡ classifier
/// reconstruction         a−K' ═════════╡ a ══ decoder, L steps
/// prediction                             a ╞════════════╡ a+L, a network on top
/// </code>
/// A double line is recorded. The state before it comes from one pass without a graph, except where it is step 0: the
/// losses whose windows begin there share one recorded pass, so that full backpropagation reads the sequence once.
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
        int steps = batch.Steps;
        int start = spec.Truncation.StartBefore(steps);
        Segment[] reconstructed = [.. before.OrderBy(segment => segment.Anchor)];
        Segment[] predicted = [.. after.OrderBy(segment => segment.Anchor)];

        // Anchors are sorted, and so are the starts of their windows: those that begin at step 0 come first.
        int fromZero = reconstructed.Count(segment => StartOf(segment) == 0);
        IEnumerable<int> recorded = reconstructed[..fromZero].Select(segment => segment.Anchor);
        IEnumerable<int> detached = reconstructed[fromZero..].Select(StartOf).Concat(predicted.Select(segment => segment.Anchor));
        if (supervised)
        {
            (recorded, detached) = start == 0 ? (recorded.Append(steps), detached) : (recorded, detached.Append(start));
        }

        var pass = new MainPass(model, batch, spec.SegmentCheckpointing);
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
                last = start == 0 ? pass.Recorded(steps) : pass.ReadToEnd(start);
            }

            using IDisposable? measured = StepProfile.Current?.Measure(StepPart.Heads);
            loss = nn.functional.cross_entropy(model.Classify(last, masks), batch.Labels); // []
        }

        return new BatchLosses(
            loss,
            reconstructed.Length == 0 ? null : Reconstruction(batch, pass, reconstructed, fromZero, masks),
            predicted.Length == 0 ? null : Prediction(batch, pass, predicted, masks),
            pass.Checkpoints);
    }

    private int StartOf(Segment segment) => spec.AuxiliaryTruncation.StartBefore(segment.Anchor);

    private Tensor Reconstruction(
        SequenceBatch batch, MainPass pass, Segment[] segments, int fromZero, Generator? masks)
    {
        LstmState anchors; // [1, R, H]
        using (StepProfile.Current?.Measure(StepPart.MainForward))
        {
            anchors = StatesAtAnchors(pass, segments, fromZero);
        }

        // L_aux = Σᵢ Lᵢ / Σᵢ lᵢ
        using IDisposable? measured = StepProfile.Current?.Measure(StepPart.Decoder);
        Tensor sum = SumOverNetworks(segments, model.Reconstruction.Count, batch.Inputs.device, (network, rows, some) =>
            model.Reconstruction[network].SumOfLosses(
                batch, some, spec.Segment, rows is null ? anchors : anchors.Rows(rows), spec.AuxiliaryTruncation.Cut, masks));
        return sum / ((double)segments.Length * spec.Segment); // []
    }

    private LstmState StatesAtAnchors(MainPass pass, Segment[] segments, int fromZero)
    {
        var parts = new List<LstmState>();
        if (fromZero > 0)
        {
            parts.Add(pass.RecordedAtAnchors(segments[..fromZero]));
        }

        if (fromZero < segments.Length)
        {
            // A window that does not begin at step 0 has exactly K' steps.
            var windows = segments[fromZero..].Select(segment => (segment.Example, StartOf(segment)));
            parts.Add(pass.ReadWindows([.. windows], spec.AuxiliaryTruncation.Steps!.Value, LstmResult.State).State);
        }

        return LstmState.Concatenate(parts); // [1, R, H]
    }

    private Tensor Prediction(SequenceBatch batch, MainPass pass, Segment[] segments, Generator? masks)
    {
        int length = spec.Segment;
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

        Tensor sum = SumOverNetworks(segments, model.Prediction.Count, batch.Inputs.device, (network, rows, _) =>
        {
            Tensor some(Tensor all) => rows is null ? all : all.index_select(1, rows); // [L, r, …]
            return model.Prediction[network].SumOfLosses(some(outputs), some(targets), some(tokens), cut, masks);
        });
        return sum / ((double)segments.Length * length); // []
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
            Tensor part = sumOfLosses(
                network, Devices.Copy([.. rows.Select(r => (long)r)], device), [.. rows.Select(r => segments[r])]);
            sum = sum is null ? part : sum + part;
        }

        return sum!;
    }
}
