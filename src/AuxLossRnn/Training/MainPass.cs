using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Data;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>One reading of a batch by the main network, with a graph only where it is asked for.</summary>
/// <param name="model">The model.</param>
/// <param name="batch">The batch.</param>
/// <param name="checkpointing">Whether the graph back to step 0 is made segment by segment, after the losses.</param>
public sealed class MainPass(AuxiliaryLossModel model, SequenceBatch batch, bool checkpointing = false)
{
    // Without a graph nothing but the state outlives a read: reading in pieces keeps memory independent of T.
    private const int PieceSteps = 512;

    private readonly Dictionary<int, LstmState> _recorded = [];
    private readonly Dictionary<int, LstmState> _states = new() { [0] = model.Encoder.InitialState(batch.Size) };

    /// <summary>What is left to do after the losses' own backward pass; null for nothing.</summary>
    public SegmentCheckpoints? Checkpoints { get; private set; }

    /// <summary>Reads the sequence once, as far as the last stop.</summary>
    /// <param name="recorded">Positions whose state is needed with its graph back to step 0.</param>
    /// <param name="detached">Positions whose state is needed without a graph.</param>
    public void Run(IEnumerable<int> recorded, IEnumerable<int> detached)
    {
        int position = 0;
        LstmState state = _states[0];
        int[] without = [.. detached.Distinct().Order()];
        SortedSet<int> with = [.. recorded];
        int end = with.Count > 0 ? with.Max : 0;
        with.UnionWith(without.Where(stop => stop < end && stop > 0));

        Checkpoints = checkpointing ? new SegmentCheckpoints(SegmentCheckpoints.LengthFor(batch.Steps), Read) : null;
        foreach (int stop in with)
        {
            state = Checkpoints?.Read(position, stop, state) ?? ReadTo(stop);
            position = stop;
            _recorded[stop] = state;
            _states[stop] = state.Detach();
        }

        using var noGradient = no_grad();
        state = state.Detach();
        foreach (int stop in without.Where(stop => stop > end))
        {
            while (position < stop)
            {
                // The caller's dispose scope would keep every piece's outputs until it ends: T·B·H numbers in all.
                using var piece = NewDisposeScope();
                state = ReadTo(model.Encoder.IsRecurrent ? Math.Min(stop, position + PieceSteps) : stop).MoveToOuterDisposeScope();
            }

            _states[stop] = state;
        }

        LstmState ReadTo(int stop)
        {
            (int from, position) = (position, stop);
            return Read(from, stop - from, state);
        }
    }

    /// <summary>The state after some steps, with its graph back to step 0.</summary>
    /// <param name="position">The steps read; one of the recorded stops.</param>
    public LstmState Recorded(int position) => _recorded[position];

    /// <summary>The recorded states at the anchors of some segments, side by side.</summary>
    /// <param name="segments">The segments, those of one anchor next to each other.</param>
    public LstmState RecordedAtAnchors(IReadOnlyList<Segment> segments) =>
        SideBySide([.. segments.Select(segment => (segment.Example, segment.Anchor))], _recorded);

    /// <summary>Reads on from a detached state, recording, to the end of the sequence.</summary>
    /// <param name="start">The position to begin at, one of the detached stops.</param>
    /// <returns>The last state.</returns>
    public LstmState ReadToEnd(int start) =>
        start == batch.Steps ? _states[start] : Read(start, batch.Steps - start, _states[start]);

    /// <summary>Reads windows of equal length from detached states, all in one call, recording.</summary>
    /// <param name="windows">Example and start of each window, those of one start next to each other.</param>
    /// <param name="length">The steps of every window; with 0 the states are returned as they are.</param>
    /// <param name="result">What the gradient comes back to: the outputs or the last state.</param>
    /// <param name="cut">The steps after which the gradient is cut; null for never.</param>
    /// <returns>The hidden states after each step, <c>[length, R, H]</c> (null where they are not asked for), and the last state.</returns>
    public (Tensor? Outputs, LstmState State) ReadWindows(
        (int Example, int Start)[] windows, int length, LstmResult result, int? cut = null)
    {
        LstmState state = SideBySide(windows, _states); // [1, R, H]
        if (length == 0)
        {
            return (null, state);
        }

        int[] examples = [.. windows.Select(window => window.Example)];
        int[] starts = [.. windows.Select(window => window.Start)];
        using Tensor rows = SegmentGather.Rows(batch, examples, starts, length); // [length·R]
        (Tensor inputs, Tensor tokens) = SegmentGather.Pick(batch, rows, length); // [length, R, F]

        var outputs = new List<Tensor>();
        foreach ((int from, int steps) in Chunks.Between(length, cut))
        {
            (Tensor? chunk, state) = model.Encoder.Read(
                inputs.narrow(0, from, steps), tokens.narrow(0, from, steps), from == 0 ? state : state.Detach(), result); // [t, R, H]
            if (result == LstmResult.Outputs)
            {
                outputs.Add(chunk!);
            }
        }

        return (outputs.Count > 1 ? cat(outputs, 0) : outputs.FirstOrDefault(), state); // [length, R, H]
    }

    private LstmState Read(int from, int steps, LstmState state) => model.Encoder.Read(
        batch.Inputs.narrow(0, from, steps), batch.Tokens.narrow(0, from, steps), state, LstmResult.State).State;

    /// <summary>For each row the state of its example at its position, as one batch.</summary>
    private LstmState SideBySide((int Example, int Position)[] rows, Dictionary<int, LstmState> states)
    {
        var parts = new List<LstmState>();
        for (int from = 0; from < rows.Length;)
        {
            int to = from + 1;
            while (to < rows.Length && rows[to].Position == rows[from].Position)
            {
                to++;
            }

            long[] examples = [.. rows[from..to].Select(row => (long)row.Example)];
            LstmState state = states[rows[from].Position]; // [1, B, H]
            bool whole = examples.AsSpan().SequenceEqual([.. Enumerable.Range(0, batch.Size).Select(b => (long)b)]);
            parts.Add(whole ? state : state.Rows(Devices.Copy(examples, state.Hidden.device))); // [1, r, H]
            from = to;
        }

        return LstmState.Concatenate(parts); // [1, R, H]
    }
}
