using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Experiments;

/// <summary>How much of a loss's gradient arrives at each step of the main LSTM.</summary>
/// <remarks>
/// It reads one step a call and keeps every state's gradient, which a training step never does: for a look at a small batch.
/// </remarks>
/// <param name="spec">Truncations and segment length.</param>
/// <param name="model">The model.</param>
public sealed class GradientFlow(ExperimentSpec spec, AuxiliaryLossModel model)
{
    /// <summary>‖∂L/∂h_t‖ of the supervised loss, without masks.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>The norm over the batch after each of the T steps; zero outside of the examples' truncation windows.</returns>
    /// <exception cref="UserException">The model is not recurrent: it has no state after a step.</exception>
    public double[] Supervised(SequenceBatch batch) => Norms(
        batch, batch.OwnLengths, spec.Truncation,
        last => nn.functional.cross_entropy(model.Classify(last, null), batch.Labels)); // []

    /// <summary>‖∂L/∂h_t‖ of an auxiliary loss on the states at one anchor, without masks.</summary>
    /// <param name="loss">The loss, such as the model's <see cref="ReconstructionLoss"/>.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="segments">A segment of each example, all with the same anchor, in the examples' order.</param>
    /// <returns>The norm over the batch after each of the T steps; zero after the anchor and before its window.</returns>
    /// <exception cref="ArgumentException">
    /// The segments have several anchors, or are not one an example; or the loss does not read the states at anchors.
    /// </exception>
    public double[] Auxiliary(IAuxiliaryLoss loss, SequenceBatch batch, IReadOnlyList<Segment> segments)
    {
        int anchor = segments[0].Anchor;
        if (!segments.Select(segment => (segment.Example, segment.Anchor)).SequenceEqual(Enumerable.Range(0, batch.Size).Select(b => (b, anchor))))
        {
            throw new ArgumentException($"One segment of each of the {batch.Size} examples is needed, all with one anchor.", nameof(segments));
        }

        Truncation truncation = loss.Needs(batch, segments).AtAnchor
            ?? throw new ArgumentException("The loss reads the steps after an anchor, not the state at it.", nameof(loss));
        return Norms(
            batch, [.. Enumerable.Repeat(anchor, batch.Size)], truncation,
            state => loss.Compute(batch, segments, new MainStates(model.Encoder, state, null), null)); // []
    }

    /// <param name="batch">The batch.</param>
    /// <param name="ends">After how many steps the loss reads each example's state.</param>
    /// <param name="truncation">How far back from there the gradient reaches.</param>
    /// <param name="loss">The loss of these states, <c>[1, B, H]</c>.</param>
    private double[] Norms(SequenceBatch batch, IReadOnlyList<int> ends, Truncation truncation, Func<EncoderState, Tensor> loss)
    {
        if (!model.Encoder.IsRecurrent)
        {
            throw new UserException("A Transformer has no state after each step whose gradient could be shown. Give a recurrent model.");
        }

        using var scope = NewDisposeScope();
        int[] starts = [.. ends.Select(truncation.StartBefore)];
        (int start, int end) = (starts.Min(), ends.Max());
        EncoderState state = model.Encoder.InitialState(batch.Size); // [1, B, H]
        if (start > 0)
        {
            using var noGradient = no_grad();
            state = Read(0, start, state);
        }

        var read = new List<EncoderState> { state };
        for (int t = start; t < end; t++)
        {
            if (t > start && starts.Contains(t))
            {
                // The windows of these examples begin here: nothing goes further back.
                using Tensor begins = tensor([.. starts.Select(one => one == t)], device: batch.Inputs.device); // [B]
                state = state.Map(part => where(
                    begins.reshape([1, batch.Size, .. Enumerable.Repeat(1L, (int)part.dim() - 2)]), part.detach(), part)); // [n, B, …] each
            }

            state = Read(t, 1, state);
            state[0].retain_grad();
            read.Add(state);
        }

        Tensor[] states = [.. read[1..].Select(one => one[0])];
        EncoderState atEnds = ends.All(one => one == end)
            ? state
            : EncoderState.Concatenate([.. ends.Select((one, b) => read[one - start].Rows(tensor(new long[] { b }, device: batch.Inputs.device)))]); // [1, B, H]
        var norms = new double[batch.Steps];
        if (states.Length > 0)
        {
            // The weights keep the gradients they have: those of this look are not for training.
            Tensor[] weights = [.. model.parameters()];
            Tensor?[] before = [.. weights.Select(weight => weight.grad?.clone())];
            loss(atEnds).backward();
            foreach ((Tensor weight, Tensor? gradient) in weights.Zip(before))
            {
                weight.grad = gradient?.MoveToOuterDisposeScope();
            }

            for (int t = start; t < end; t++)
            {
                norms[t] = states[t - start].grad!.norm().to(ScalarType.Float64).item<double>();
            }
        }

        return norms;

        EncoderState Read(int from, int steps, EncoderState before) => model.Encoder.Read(
            batch.Inputs.narrow(0, from, steps), batch.Tokens.narrow(0, from, steps), before, ReadResult.State).State;
    }
}
